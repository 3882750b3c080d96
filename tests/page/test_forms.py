"""Forms and menus of any bot, as somebody fills them in at the page."""

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest
import yarl
from playwright.async_api import Browser, FilePayload, Locator, expect

from sandbox.discord.config import SandboxConfig
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from sandbox.page import Pace, Page, PageConfig
from tests.page.form_bot import LONG_LABEL, FormBot
from tests.page.test_the_server import LANGUAGES, SleepingBot
from tests.page.visitor import PATIENCE_MS, PATIENT_ACK_S, Visitor

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(SandboxConfig(ack_window_s=PATIENT_ACK_S)) as discord:
        standard_world(discord.world)
        yield discord


@pytest.fixture
async def form_bot(
    service: DiscordSandbox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FormBot]:
    gateway = yarl.URL(service.gateway_url)
    monkeypatch.setattr(discord.http.Route, "BASE", service.rest_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    bot = FormBot()
    running = asyncio.create_task(bot.start(service.config.token), name="form bot")
    await service.wait_ready(["form", "tick", "menus", "word"])
    yield bot
    bot.may_suggest.set()
    await bot.close()
    await running
    assert service.violations == []


@pytest.fixture
async def url(service: DiscordSandbox, form_bot: FormBot) -> AsyncIterator[str]:
    assert not form_bot.is_closed()
    people = tuple(one for one in service.world.users.values() if not one.bot)
    mia_first = sorted(people, key=lambda one: one.display_name != "Mia")
    config = PageConfig(people=mia_first, languages=LANGUAGES, pace=Pace(usual_s=30))
    async with (
        EvolinkSandbox(EvolinkConfig()) as evolink,
        Page(service, evolink, SleepingBot(), config) as page,
    ):
        yield page.url


@pytest.fixture
async def visitor(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    visitor = await Visitor.arrive(browser, url)
    yield visitor
    assert visitor.faults == []


def field(visitor: Visitor, label: str) -> Locator:
    """Return a field of the open form."""
    return visitor.page.locator("dialog.form .form-field", has_text=label)


async def picks(visitor: Visitor, entry: str) -> None:
    """Choose an entry of the open menu."""
    await visitor.page.locator(".popup-menu button", has_text=entry).click()


async def submits(visitor: Visitor) -> None:
    await visitor.page.click("dialog.form .primary")
    await expect(visitor.page.locator("dialog.form")).to_have_count(0)


async def test_a_form_left_as_it_is_is_sent_as_it_was_shown(visitor: Visitor) -> None:
    await visitor.asks("form")
    await expect(field(visitor, "Mode").locator(".menu")).to_have_text("Normal")
    await submits(visitor)

    said = visitor.message("text=a red fox")
    await expect(said).to_contain_text("mode=['normal'] length=6 extras=[] files=[]")


async def test_every_kind_of_field_is_filled_in(visitor: Visitor) -> None:
    await visitor.asks("form")
    await field(visitor, "Prompt").locator("textarea").fill("a blue fox")
    await field(visitor, "Mode").locator(".menu").click()
    await picks(visitor, "Fun")
    await field(visitor, "Length").get_by_label("10 seconds").check()
    for extra in ("Sound", "Slow"):
        await field(visitor, "Extras").get_by_label(extra).check()
    # Two are the most.
    await expect(field(visitor, "Extras").get_by_label("Loop")).to_be_disabled()
    picture = FilePayload(name="a.png", mimeType="image/png", buffer=b"abc")
    await field(visitor, "Pictures").locator("input").set_input_files([picture])
    await submits(visitor)

    said = visitor.message("text=a blue fox")
    await expect(said).to_contain_text(
        "mode=['fun'] length=10 extras=['sound', 'slow'] files=[('a.png', 3)]"
    )


async def test_a_form_is_filled_in_without_a_mouse(visitor: Visitor) -> None:
    keys = visitor.page.keyboard
    await visitor.asks("form")
    await expect(field(visitor, "Prompt").locator("textarea")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(visitor.page.locator(".popup-menu")).to_be_visible()
    await keys.press("f")
    await keys.press("Enter")
    await expect(field(visitor, "Mode").locator(".menu")).to_be_focused()
    await keys.press("Tab")
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.press("Space")
    await visitor.page.locator("dialog.form .primary").focus()
    await keys.press("Enter")

    said = visitor.message("mode=['fun'] length=10 extras=['sound']")
    await expect(said).to_be_visible()


async def test_escape_closes_the_menu_and_not_the_form(visitor: Visitor) -> None:
    await visitor.asks("form")
    await field(visitor, "Mode").locator(".menu").click()
    await visitor.page.keyboard.press("Escape")

    await expect(visitor.page.locator(".popup-menu")).to_have_count(0)
    await expect(field(visitor, "Mode").locator(".menu")).to_be_focused()
    await expect(visitor.page.locator("dialog.form")).to_be_visible()


async def test_a_box_is_unticked_and_a_choice_left_open(visitor: Visitor) -> None:
    await visitor.asks("tick")
    await field(visitor, "Sure").locator("input").uncheck()
    await field(visitor, "Side").get_by_label("Left").check()
    await field(visitor, "Side").get_by_label("No choice").check()
    await submits(visitor)

    await expect(visitor.message("sure=False side=None")).to_be_visible()


async def test_one_entry_of_a_menu_is_chosen_at_once(visitor: Visitor) -> None:
    await visitor.asks("menus")
    await visitor.page.locator(".message .menu", has_text="One of them").click()
    await picks(visitor, "First")

    await expect(visitor.message("one=['first']")).to_be_visible()


async def test_several_entries_are_chosen_when_the_menu_closes(
    visitor: Visitor,
) -> None:
    await visitor.asks("menus")
    await visitor.page.locator(".message .menu", has_text="Some of them").click()
    await picks(visitor, "Red")
    await picks(visitor, "Green")
    await picks(visitor, "Blue")  # one too many
    await visitor.page.keyboard.press("Escape")

    await expect(visitor.message("some=['Red', 'Green']")).to_be_visible()


CUT_OFF = """
nodes => nodes.filter(node => {
  const box = node.getBoundingClientRect();
  const isOutside = box.left < 0 || box.right > innerWidth;
  return isOutside || node.scrollWidth > node.clientWidth + 1;
}).map(node => node.outerHTML)
"""


@pytest.mark.parametrize("width", [390, 1280])
async def test_long_entries_are_read_to_their_end(
    browser: Browser, url: str, width: int
) -> None:
    visitor = await Visitor.arrive(browser, url, width=width)
    parts = visitor.page.locator(
        ".menu, .menu span, .popup-menu button, .popup-menu span"
    )
    await visitor.asks("form")
    await field(visitor, "Mode").locator(".menu").click()
    assert await parts.evaluate_all(CUT_OFF) == []
    await picks(visitor, LONG_LABEL)
    await expect(field(visitor, "Mode").locator(".menu")).to_have_text(LONG_LABEL)
    assert await parts.evaluate_all(CUT_OFF) == []
    await visitor.page.keyboard.press("Escape")

    await visitor.asks("menus")
    await visitor.page.locator(".message .menu", has_text="One of them").click()
    assert await parts.evaluate_all(CUT_OFF) == []


async def test_a_suggestion_that_comes_after_sending_harms_nothing(
    visitor: Visitor, form_bot: FormBot
) -> None:
    await visitor.opens("word")
    await visitor.page.keyboard.type("hel")
    async with visitor.page.expect_request("**/suggest"):
        await visitor.page.keyboard.type("lo")
    await visitor.page.keyboard.press("Enter")
    async with visitor.page.expect_response("**/suggest"):
        form_bot.may_suggest.set()

    await expect(visitor.message("word=hello")).to_be_visible()
    await expect(visitor.suggestions).to_have_count(0)


async def test_a_word_sent_before_suggestions_were_asked_for_harms_nothing(
    visitor: Visitor, form_bot: FormBot
) -> None:
    form_bot.may_suggest.set()
    await visitor.opens("word")
    await visitor.page.keyboard.type("hello")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.message("word=hello")).to_be_visible()

    # Longer than the page waits for the end of the typing before it asks.
    await visitor.page.wait_for_timeout(600)
    assert visitor.faults == []
