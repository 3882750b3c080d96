"""What belongs to the whole process is put back after each command."""

import logging
from collections.abc import AsyncGenerator, Iterator

import pytest

from bot import logs
from bot.cli.checks.guild import NEEDED
from tests.cli.outside import Outside
from tests.plain_logs import log_plainly


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    """Commands begin a log on a stream that ends with them."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    loggers = [root, *map(logging.getLogger, logs.LEAST_LEVELS)]
    levels = [logger.level for logger in loggers]
    yield
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.captureWarnings(capture=False)
    log_plainly()


@pytest.fixture
async def outside() -> AsyncGenerator[Outside]:
    async with Outside.open() as opened:
        opened.permissions = NEEDED.value
        yield opened
