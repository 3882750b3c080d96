"""The operator's page in a browser: phone and desk, light and dark, by keyboard."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from bot.operations.overview.values import Overview
from bot.texts.texts import Texts
from tests.clock import FakeClock
from tests.page.visitor import PATIENCE_MS
from tests.web.page.sample import (
    SERVERS,
    TOKEN,
    make_page,
    make_troubled,
    make_view,
    served,
)

Theme = Literal["light", "dark"]
CONTRAST = (Path(__file__).parents[2] / "page" / "contrast.js").read_text("utf-8")
WIDTHS = {1280: 800, 390: 844}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BARS = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...new Set([...document.querySelectorAll("rect")].map((bar) => {
    const [darker, lighter] = [
      light(getComputedStyle(bar).fill),
      light(getComputedStyle(bar.closest("svg")).backgroundColor),
    ].sort((a, b) => a - b);
    return `${bar.getAttribute("class")} ${(lighter + 0.05) / (darker + 0.05)}`;
  }))];
}"""


@asynccontextmanager
async def opened(
    browser: Browser, address: str, *, width: int = 1280, theme: Theme = "light"
) -> AsyncGenerator[Page]:
    page = await browser.new_page(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme=theme
    )
    page.set_default_timeout(PATIENCE_MS)
    refused: list[str] = []
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.on(
        "console",
        lambda line: refused.append(line.text) if "Policy" in line.text else None,
    )
    await page.goto(address)
    yield page
    assert refused == []
    await page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", [make_view(), make_troubled()], ids=["well", "ill"])
async def test_it_fits_its_window_and_can_be_read(
    browser: Browser,
    texts: Texts,
    clock: FakeClock,
    *,
    view: Overview,
    width: int,
    theme: Theme,
) -> None:
    async with (
        served(make_page(texts, clock, view=view)) as address,
        opened(browser, address, width=width, theme=theme) as page,
    ):
        await expect(page.get_by_role("heading", name="Now")).to_be_visible()
        assert await page.evaluate(OVERFLOW) <= 0
        assert await page.evaluate(CONTRAST) == []
        bars = [line.split(" ") for line in await page.evaluate(BARS)]
        assert bars
        for kind, contrast in bars:
            # WCAG 2.2, 1.4.11: of what is drawn, 3 to 1.
            assert float(contrast) >= 3, (kind, contrast)


async def test_landmarks_headings_and_tables_say_what_they_are(
    browser: Browser, texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address) as page,
    ):
        for role in ("banner", "main", "contentinfo", "navigation"):
            await expect(page.get_by_role(role)).to_have_count(1)
        levels = await page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(one => +one.tagName[1])"
        )
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        tables = page.locator("table")
        number = await tables.count()
        assert number >= 8
        assert await page.locator("table > caption").count() == number
        assert await page.locator("th:not([scope])").count() == 0
        rows = page.locator("tbody tr")
        assert await page.locator("tbody tr > th[scope=row]").count() == (
            await rows.count()
        )
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_each_chart_has_a_name_a_description_and_its_numbers(
    browser: Browser, texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address) as page,
    ):
        for title, says, row in (
            ("Jobs a day, the last 30 days", "1,517 delivered", "18 Nov"),
            ("Credits a day, the last 30 days", "7,412 credits", "18 Nov"),
            ("Wait in the queue, of the latest jobs", "Half of 49", "0j01k3w9"),
        ):
            chart = page.locator("svg[role=img]").filter(
                has=page.locator(f"title:text-is('{title}')")
            )
            await expect(chart).to_have_count(1)
            named = await chart.get_attribute("aria-labelledby")
            assert named is not None
            spoken = [
                await page.locator(f"[id='{one}']").text_content()
                for one in named.split()
            ]
            assert spoken[0] == title
            assert says in (spoken[1] or "")
            table = page.get_by_role("table", name=title)
            await expect(table).to_be_hidden()
            await page.get_by_text(f"{title}, as a table").click()
            await expect(table.get_by_role("rowheader", name=row)).to_be_visible()


async def test_all_of_it_is_reached_by_keyboard_and_focus_is_seen(
    browser: Browser, texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address, width=390) as page,
    ):
        reached: list[str] = []
        for _ in range(4):
            await page.keyboard.press("Tab")
            name, outline = await page.evaluate(
                "[document.activeElement.textContent.trim().split('\\n')[0],"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            reached.append(name)
            assert outline == "solid", name
        assert reached[:3] == [
            "Skip to the content",
            "Refresh now",
            "Refresh every 30 s",
        ]
        latest = page.get_by_role("region", name="The latest 50 jobs")
        await latest.focus()
        await page.keyboard.press("ArrowRight")
        await page.wait_for_function(
            "document.activeElement.scrollLeft > 0", timeout=PATIENCE_MS
        )


async def test_a_server_keeps_its_name_to_itself(
    browser: Browser, texts: Texts, clock: FakeClock
) -> None:
    """One from right to left does not move what stands beside it."""
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address) as page,
    ):
        for name in SERVERS.values():
            isolated = page.locator("bdi", has_text=name).first
            await expect(isolated).to_be_visible()
            assert (
                await isolated.evaluate("one => getComputedStyle(one).unicodeBidi")
                == "isolate"
            )


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_token_is_typed_once(
    browser: Browser, texts: Texts, clock: FakeClock, theme: Theme
) -> None:
    async with (
        served(make_page(texts, clock, token=TOKEN)) as address,
        opened(browser, address, width=390, theme=theme) as page,
    ):
        field = page.get_by_label("Page token")
        await expect(field).to_be_focused()
        assert await page.evaluate(CONTRAST) == []
        await page.keyboard.type("not the token")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text(
            "That is not the page token."
        )
        assert await page.evaluate(CONTRAST) == []
        assert await page.evaluate(OVERFLOW) <= 0
        await field.fill(TOKEN)
        await page.keyboard.press("Enter")
        await expect(
            page.get_by_role("heading", name="What is being made")
        ).to_be_visible()
        await page.reload()
        await expect(
            page.get_by_role("heading", name="What is being made")
        ).to_be_visible()
        assert await page.evaluate("document.cookie") == ""
        await page.get_by_role("button", name="Sign out").click()
        await expect(field).to_be_visible()


CUT = """() => [...document.querySelectorAll("caption span")]
  .filter((one) => one.offsetParent)
  .filter((one) => one.getBoundingClientRect().right
    > one.closest(".scroll").getBoundingClientRect().right)
  .map((one) => one.textContent)"""
SEEN = """() => {
  const region = document.querySelector(".scroll:has(#latest-list-caption)");
  const edge = region.getBoundingClientRect().right;
  return [...region.querySelectorAll("thead th")]
    .filter((one) => one.getBoundingClientRect().right <= edge + 1)
    .map((one) => one.textContent);
}"""


async def test_a_phone_cuts_no_caption_and_shows_what_matters_of_a_job(
    browser: Browser, texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address, width=390) as page,
    ):
        assert await page.evaluate(CUT) == []
        seen = await page.evaluate(SEEN)

    assert seen[:5] == ["Job", "State", "Credits", "Wait", "Took"]


async def test_a_desk_shows_all_columns_however_long_a_servers_name_is(
    browser: Browser, texts: Texts, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guild_id in SERVERS:
        monkeypatch.setitem(SERVERS, guild_id, "W" * 100)
    async with (
        served(make_page(texts, clock)) as address,
        opened(browser, address) as page,
    ):
        hidden = await page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(one => one.offsetParent"
            " && one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        )
        assert hidden == []
