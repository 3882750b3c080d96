"""A browser with the demo's page, and the real bot behind it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.demo.browser_demo import BrowserDemo, open_browser_demo
from bot.demo.show import begin
from sandbox.page import Pace
from tests.lives.forked import ForkedBot
from tests.page.visitor import PATIENT_ACK_S, Visitor, browser_open, why_not

QUICK_S = 3.0


@pytest.fixture
async def demo(zygote_path: Path) -> AsyncIterator[BrowserDemo]:
    """Open the whole demo, the real bot included."""
    make_bot = partial(ForkedBot, zygote_path)
    async with open_browser_demo(Pace(usual_s=QUICK_S), make_bot=make_bot) as demo:
        await begin(demo.stage)
        # A busy machine must not make the bot look as if it did not respond.
        demo.stage.discord.interactions.ack_window_s = PATIENT_ACK_S
        yield demo


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    async with browser_open() as browser:
        yield browser


@pytest.fixture
async def visitor(browser: Browser, demo: BrowserDemo) -> AsyncIterator[Visitor]:
    """Stand in #general as Mia; in the end the browser must have found no fault."""
    visitor = await Visitor.arrive(browser, demo.page.url)
    yield visitor
    assert visitor.faults == []
