"""Nothing of what the bot shows is wider than a phone's screen, and nothing is cut."""

import pytest
from playwright.async_api import Browser

from tests.gallery import pictures
from tests.gallery.catalogue import GROUPS
from tests.gallery.server import looked_at, open_gallery
from tests.languages import LOCALES

TOO_WIDE = """() => [...document.querySelectorAll("#gallery *")].filter((node) => {
  const { right, width } = node.getBoundingClientRect();
  const isCut = node.clientWidth && node.scrollWidth > node.clientWidth + 1;
  return width && (right > innerWidth + 1 || isCut);
}).map((node) => node.textContent.trim().slice(0, 80) || node.outerHTML)"""

TOO_TALL = """() => [...document.querySelectorAll("#gallery *")].filter((node) => {
  const hides = getComputedStyle(node).overflowY !== "visible";
  const scrolls = node.tagName === "TEXTAREA";
  const { clientHeight: height, scrollHeight } = node;
  return hides && !scrolls && height && scrollHeight > height + 1;
}).map((node) => node.textContent.trim().slice(0, 80) || node.outerHTML)"""


@pytest.mark.parametrize("locale", LOCALES)
async def test_everything_fits_on_a_phone(browser: Browser, locale: str) -> None:
    async with open_gallery() as gallery:
        for group in GROUPS:
            async with looked_at(browser, gallery, locale, group) as page:
                assert await page.locator("#gallery .caption").count() > 0
                assert await page.evaluate(TOO_WIDE) == [], group
                assert await page.evaluate(TOO_TALL) == [], group
                is_wide = "() => document.documentElement.scrollWidth > innerWidth"
                assert not await page.evaluate(is_wide), group


@pytest.mark.parametrize("locale", pictures.LOCALES)
async def test_each_group_fits_into_a_picture(browser: Browser, locale: str) -> None:
    async with open_gallery() as gallery:
        for group in GROUPS:
            async with looked_at(browser, gallery, locale, group) as page:
                await page.add_style_tag(content=pictures.SHORT)
                box = await page.locator("#gallery").bounding_box()
                assert box is not None
                assert box["height"] <= pictures.TALLEST_PX, group
