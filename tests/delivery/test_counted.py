"""Every download is counted, with what came of it."""

from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ThreadedResolver, web

from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.errors import FetchGone
from tests.callbacks import ignored
from tests.delivery.hosts import CLIP, web_host


async def test_each_download_counts_once(clip: Path) -> None:
    """A redirect belongs to its download."""
    tally: Counter[tuple[str, str, str]] = Counter()

    def count(service: str, endpoint: str, outcome: str) -> None:
        tally[service, endpoint, outcome] += 1

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/clip"})
        if request.path == "/clip":
            return web.Response(body=CLIP)
        return web.Response(status=404)

    async with (
        web_host(answer) as host,
        open_result_session(allow_private=True, resolver=ThreadedResolver()) as session,
    ):
        fetcher = ResultFetcher(session, allow_private=True, count=count)
        await fetcher.fetch(
            f"{host}/moved", clip, max_bytes=len(CLIP), answered=ignored
        )
        with pytest.raises(FetchGone):
            await fetcher.fetch(
                f"{host}/gone", clip, max_bytes=len(CLIP), answered=ignored
            )

    assert tally == {
        ("results", "clip", "ok"): 1,
        ("results", "clip", "FetchGone"): 1,
    }
