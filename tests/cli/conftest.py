"""What belongs to the whole process is put back after each command."""

from collections.abc import AsyncGenerator, Iterator

import pytest

from bot.cli.checks.guild import NEEDED
from tests.cli.outside import Outside
from tests.plain_logs import log_kept


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    with log_kept():
        yield


@pytest.fixture
async def outside() -> AsyncGenerator[Outside]:
    async with Outside.open() as opened:
        opened.permissions = NEEDED.value
        yield opened
