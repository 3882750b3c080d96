"""What stands behind the scene, and whether all of it can be read."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from sandbox.page import Pace, Page, PageConfig
from tests.page.test_the_server import LANGUAGES, SleepingBot
from tests.page.visitor import PATIENCE_MS, Visitor

expect.set_options(timeout=PATIENCE_MS)

# What does not fit into its box, or is chosen in a box that is too narrow for it.
CUT_OFF = """
() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const arrow = 20;
  const room = (node, style) =>
    node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const found = [];
  for (const node of document.querySelectorAll("select")) {
    if (!node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    canvas.font = style.font;
    for (const { text } of node.options) {
      const { width } = canvas.measureText(text);
      if (width > room(node, style) - arrow) found.push(`${node.id}: ${text}`);
    }
  }
  for (const node of document.querySelectorAll("button, label, legend")) {
    const isCut = node.scrollWidth > node.clientWidth + 1;
    if (node.checkVisibility() && isCut) found.push(node.textContent);
  }
  return found;
}
"""


@pytest.fixture
def bot() -> SleepingBot:
    return SleepingBot()


@pytest.fixture
async def url(bot: SleepingBot) -> AsyncIterator[str]:
    async with (
        DiscordSandbox() as discord,
        EvolinkSandbox(EvolinkConfig()) as evolink,
    ):
        world = standard_world(discord.world)
        people = (world.member, world.other_member, world.moderator, world.admin)
        config = PageConfig(people=people, languages=LANGUAGES, pace=Pace(usual_s=30))
        async with Page(discord, evolink, bot, config) as page:
            yield page.url


@pytest.fixture
async def visitor(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    visitor = await Visitor.arrive(browser, url)
    yield visitor
    assert visitor.faults == []


async def test_the_log_stands_at_its_newest_line_and_follows_it(
    visitor: Visitor, bot: SleepingBot
) -> None:
    bot.logged = "".join(f"line {number}\n" for number in range(300))
    await visitor.page.click("#backstage")
    await visitor.page.click("#tab-bot")
    log = visitor.page.locator(".log")
    await expect(log).to_contain_text("line 299")
    left = "node => node.scrollHeight - node.scrollTop - node.clientHeight"
    assert await log.evaluate(left) < 2

    bot.logged += "the newest\n"
    await expect(log).to_contain_text("the newest")
    assert await log.evaluate(left) < 2


async def test_the_log_stays_where_its_reader_has_scrolled(
    visitor: Visitor, bot: SleepingBot
) -> None:
    bot.logged = "".join(f"line {number}\n" for number in range(300))
    await visitor.page.click("#backstage")
    await visitor.page.click("#tab-bot")
    log = visitor.page.locator(".log")
    await expect(log).to_contain_text("line 299")
    await log.evaluate("node => { node.scrollTop = 500; }")

    bot.logged += "the newest\n"
    async with visitor.page.expect_response("**/backstage/log*"):
        pass
    async with visitor.page.expect_response("**/backstage/log*"):
        pass
    # What becomes of the bot draws the tab again, and leaves the reader alone, too.
    await visitor.page.click("#kill")
    await expect(visitor.page.locator("#start")).to_be_enabled()
    assert await log.evaluate("node => node.scrollTop") == 500

    await log.evaluate("node => { node.scrollTop = node.scrollHeight; }")
    await expect(log).to_contain_text("the newest")


@pytest.mark.parametrize("language", ["en-US", "de"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_nothing_that_can_be_chosen_is_cut_off(
    browser: Browser, url: str, width: int, language: str
) -> None:
    visitor = await Visitor.arrive(browser, url, width=width)
    page = visitor.page
    if width < 760:
        await page.click("#open-side")
    await page.select_option("#language", language)
    await expect(page.locator("html")).to_have_attribute("lang", language[:2])
    if width < 760 and not await page.locator("#person").is_visible():
        await page.click("#open-side")
    assert await page.evaluate(CUT_OFF) == []
    await page.keyboard.press("Escape")

    await page.click("#backstage")
    for tab in ("troubles", "bot", "requests"):
        await page.click(f"#tab-{tab}")
        assert await page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("language", ["en-US", "de"])
async def test_troubles_are_named_in_plain_words(
    visitor: Visitor, language: str
) -> None:
    page = visitor.page
    await page.select_option("#language", language)
    await page.click("#backstage")
    await page.click("#tab-troubles")

    fates = page.locator("#fate option")
    codes = await fates.evaluate_all("nodes => nodes.map(node => node.value)")
    names = await fates.all_inner_texts()
    assert "content_policy_violation" in codes
    assert not [one for one in names if "_" in one or one in codes]
    words = await page.locator(".panel").inner_text()
    assert not [code for code in codes if "_" in code and code in words]

    await page.select_option("#fate", "dead-link")
    await page.click("#doom")
    told = page.locator("fieldset:has(#fate) .told")
    await expect(told).to_contain_text(names[codes.index("dead-link")])


async def test_a_language_with_a_folder_is_offered_by_its_own_name(
    visitor: Visitor,
) -> None:
    """The page itself, which has no words in it, goes on in English."""
    menu = visitor.page.locator("#language")
    named = await menu.locator("option").all_inner_texts()

    await menu.select_option("fr")

    assert named == ["English", "Deutsch", "Français"]
    await expect(visitor.page.locator("#language")).to_have_value("fr")
    await expect(visitor.page.locator("html")).to_have_attribute("lang", "en")


async def test_the_page_says_everything_in_both_languages(visitor: Visitor) -> None:
    words = await visitor.page.evaluate(
        "() => import('/static/words.js').then(words => words.WORDS)"
    )

    assert words["en"].keys() == words["de"].keys()
    places = {
        key: (text.count("{"), words["de"][key].count("{"))
        for key, text in words["en"].items()
    }
    assert not [key for key, (one, other) in places.items() if one != other]
