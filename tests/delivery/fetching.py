"""What a fetched clip is, and how fetching one fails."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from bot.delivery.fetch import ResultFetcher
from bot.errors import (
    FetchError,
)
from tests.callbacks import ignored

MAX_BYTES = 1024 * 1024


async def content(clip: Path) -> bytes:
    return await asyncio.to_thread(clip.read_bytes)


async def mode(clip: Path) -> int:
    return stat.S_IMODE((await asyncio.to_thread(clip.stat)).st_mode)


async def fails(
    fetcher: ResultFetcher, url: str, clip: Path, *, max_bytes: int = MAX_BYTES
) -> type[FetchError]:
    """Fetch, which must fail and leave nothing behind; return the error's class."""
    with pytest.raises(FetchError) as error:
        await fetcher.fetch(url, clip, max_bytes=max_bytes, answered=ignored)
    assert os.listdir(clip.parent) == []  # noqa: PTH208 - of a folder of our own
    assert url not in str(error.value)
    return error.type
