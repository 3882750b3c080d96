"""A spool, and a fetcher of results over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ThreadedResolver

from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.delivery.spool import Spool
from tests.callbacks import ignored


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    return spool


@pytest.fixture
def clip(tmp_path: Path, spool: Spool) -> Path:
    """Where the download is to go."""
    del spool
    return tmp_path / "spool" / "clapper-0123456789abcdef.mp4"


@pytest.fixture
async def fetcher() -> AsyncIterator[ResultFetcher]:
    """A fetcher that may ask this machine, and has little patience."""
    async with open_result_session(
        allow_private=True, stall_s=1.0, resolver=ThreadedResolver()
    ) as session:
        yield ResultFetcher(session, allow_private=True, count=ignored)


@pytest.fixture
async def guarded() -> AsyncIterator[ResultFetcher]:
    """A fetcher as it is in production."""
    async with open_result_session(
        allow_private=False, resolver=ThreadedResolver()
    ) as session:
        yield ResultFetcher(session, allow_private=False, count=ignored)
