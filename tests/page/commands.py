"""A picture of each command as somebody types it, with its options, for the docs."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from bot.demo.browser_demo import BrowserDemo
from tests.gallery.pictures import as_webp
from tests.page.visitor import Visitor

TEXTS = Path(__file__).parents[2] / "bot" / "texts" / "locales" / "en-US"
WIDTH_PX = 960
OF_ADMINS = ("moderation", "preset", "quota", "show-credits")
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
STANDS = """() => {
  document.activeElement?.blur();
  document.querySelectorAll('.suggestions').forEach((one) => { one.hidden = true; });
}"""


def commands() -> dict[str, str]:
    """Return the name of every command and menu entry, as it is typed, by its id."""
    texts = "".join(file.read_text("utf-8") for file in sorted(TEXTS.glob("*.ftl")))
    names = dict(re.findall(r"^command-([\w-]+)-name = (.+)$", texts, re.MULTILINE))
    groups = {one.partition("-")[0] for one in names} & set(names)
    groups = {
        one for one in groups if any(other.startswith(f"{one}-") for other in names)
    }
    return dict(_typed(names, groups))


def _typed(names: dict[str, str], groups: set[str]) -> Iterator[tuple[str, str]]:
    for one, name in names.items():
        group = one.partition("-")[0]
        if one in groups:
            continue
        yield one, f"{group} {name}" if group in groups else name


def file_name(command: str, theme: str) -> str:
    """Return what the picture of a command is called, by the command's id."""
    return f"typed-{command}-{theme}.webp"


async def take(
    browser: Browser, demo: BrowserDemo
) -> AsyncGenerator[tuple[str, bytes]]:
    """Give out the pictures by their files' names. The newest message is a clip."""
    for theme in THEMES:
        visitor = await Visitor.arrive(
            browser,
            demo.page.url,
            width=WIDTH_PX,
            theme=theme,
        )
        is_admin = False
        for command, name in sorted(commands().items(), key=_is_admins):
            if _is_admins((command, name)) and not is_admin:
                await visitor.becomes("Ada")
                is_admin = True
            take_one = _menu if name[0].isupper() else _composer
            png = await take_one(visitor, name)
            yield file_name(command, theme), await asyncio.to_thread(as_webp, png)
        await visitor.page.close()


def _is_admins(command: tuple[str, str]) -> bool:
    return command[0].startswith(OF_ADMINS)


async def _composer(visitor: Visitor, name: str) -> bytes:
    await visitor.opens(name)
    await visitor.page.evaluate(STANDS)
    png = await visitor.page.locator("#composer").screenshot(animations="disabled")
    await visitor.page.locator("#composer .command .remove").click()
    return png


async def _menu(visitor: Visitor, name: str) -> bytes:
    await visitor.messages.last.locator(".tool").first.click()
    entry = visitor.page.locator(".popup-menu button", has_text=name)
    await entry.focus()
    png = await visitor.page.locator(".popup-menu").screenshot(animations="disabled")
    await visitor.page.keyboard.press("Escape")
    return png
