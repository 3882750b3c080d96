"""Reviews and reports, as members and moderators do them at the page."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from bot.demo.browser_demo import BrowserDemo
from bot.demo.house_rules import settle
from tests.page.visitor import PATIENCE_MS, Visitor

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def visitor(browser: Browser, demo: BrowserDemo) -> AsyncIterator[Visitor]:
    """Stand in #general of a server with rules, as Mia."""
    await settle(demo.stage)
    visitor = await Visitor.arrive(browser, demo.page.url)
    yield visitor
    assert visitor.faults == []


async def test_the_moderator_approves_a_spicy_request(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.goes_to("after-dark")
    await visitor.asks("video", prompt="a tango on a rooftop", mode="Spicy")
    await expect(visitor.message("a tango on a rooftop")).to_be_visible()

    await visitor.becomes("Mo")
    await visitor.goes_to("review")
    await visitor.presses("Approve")
    await expect(visitor.button("Approve")).to_have_count(0)

    await visitor.becomes("Mia")
    await visitor.goes_to("after-dark")
    await visitor.waits_for_clip()
    cover = page.locator(".cover")
    await expect(cover).to_be_visible()
    await cover.click()
    await expect(cover).to_have_count(0)
    await page.wait_for_function(
        "() => document.querySelector('.message video').readyState >= 1"
    )


async def test_spicy_is_refused_where_there_is_no_age_restriction(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    await visitor.asks("video", prompt="a tango on a rooftop", mode="Spicy")

    await expect(visitor.page.locator(".message.ephemeral")).to_be_visible()
    assert demo.stage.evolink.paid_tasks == 0


@pytest.mark.parametrize("way", ["button", "menu"])
async def test_a_clip_is_reported_to_the_moderators(visitor: Visitor, way: str) -> None:
    page = visitor.page
    await visitor.asks("video", prompt="a parade of snails")
    await visitor.waits_for_clip()

    await visitor.becomes("Ben")
    if way == "button":
        await visitor.presses("Report")
    else:
        await visitor.messages.last.click(button="right", position={"x": 4, "y": 4})
        await page.get_by_role("menuitem", name="Report video").click()
    await page.locator("dialog.form textarea, dialog.form input").first.fill(
        "snails are no parade"
    )
    await page.click("dialog.form .primary")
    await expect(page.locator("dialog.form")).to_have_count(0)
    await expect(page.locator(".message.ephemeral")).to_be_visible()

    await visitor.becomes("Mo")
    await visitor.goes_to("review")
    await expect(visitor.message("snails are no parade")).to_be_visible()


async def test_an_admin_picks_people_places_and_words(visitor: Visitor) -> None:
    """User, channel and free options, with what each takes, in commands of others."""
    await visitor.becomes("Ada")
    await visitor.opens("quota member")
    await visitor.fills("member", "Ben")
    await expect(visitor.page.locator(".command")).to_be_visible()
    await visitor.fills("per_day", "2")
    await visitor.page.click(".send")
    own = visitor.page.locator(".message.ephemeral")
    await expect(own.last).to_contain_text("2")

    await visitor.opens("quota timezone")
    field = visitor.page.locator("[data-option=zone]")
    await field.press_sequentially("Berl")
    await expect(visitor.suggestions.first).to_contain_text("Berlin")
    await field.press("Enter")
    await visitor.page.click(".send")
    await expect(own.last).to_contain_text("Berlin")
