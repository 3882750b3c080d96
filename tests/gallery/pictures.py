"""The gallery's pictures for the documentation: each group, language and theme."""

from collections.abc import AsyncGenerator
from itertools import product

from playwright.async_api import Browser

from bot.texts.texts import LOCALES
from tests.gallery.catalogue import GROUPS
from tests.gallery.hall import hall_open, looked_at

THEMES = ("dark", "light")


async def take(browser: Browser) -> AsyncGenerator[tuple[str, bytes]]:
    """Give out the pictures by name, as PNGs in all colours."""
    async with hall_open() as hall:
        for locale, theme, group in product(LOCALES, THEMES, GROUPS):
            async with looked_at(browser, hall, locale, group, theme) as page:
                language = locale.partition("-")[0]
                name = f"messages-{group}-{language}-{theme}"
                await page.add_style_tag(content=".long { display: none; }")
                yield name, await page.locator("#gallery").screenshot()
