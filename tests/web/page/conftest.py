"""Texts and a browser for the operator's page."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from bot.texts.texts import Texts
from tests.languages import strict_texts
from tests.page.visitor import PATIENCE_MS, browser_open, why_not


@pytest.fixture
def texts() -> Texts:
    return strict_texts()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE_MS)
    async with browser_open() as browser:
        yield browser
