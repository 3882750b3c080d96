"""Every address on the way to a clip is checked, and few redirects are followed."""

from pathlib import Path

import pytest
from aiohttp import web

from bot.delivery.fetch import ResultFetcher
from bot.errors import (
    FetchGone,
    FetchUnusable,
)
from tests.callbacks import ignored
from tests.delivery.fetching import MAX_BYTES, content, fails
from tests.delivery.hosts import (
    CLIP,
    send_clip,
    web_host,
)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(
    fetcher: ResultFetcher, clip: Path, status: int
) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/end":
            return await send_clip(request)
        return web.Response(status=status, headers={"Location": "end"})

    async with web_host(answer) as host:
        await fetcher.fetch(
            f"{host}/start", clip, max_bytes=MAX_BYTES, answered=ignored
        )

    assert await content(clip) == CLIP


@pytest.mark.parametrize(("hops", "works"), [(3, True), (4, False)])
async def test_redirects_are_followed_three_times_at_most(
    fetcher: ResultFetcher,
    clip: Path,
    hops: int,
    works: bool,  # noqa: FBT001 - a parameter
) -> None:
    asked: list[int] = []

    async def answer(request: web.Request) -> web.Response:
        left = int(request.path.strip("/"))
        asked.append(left)
        if left == 0:
            return await send_clip(request)
        return web.Response(status=302, headers={"Location": f"/{left - 1}"})

    async with web_host(answer) as host:
        url = f"{host}/{hops}"
        if works:
            await fetcher.fetch(url, clip, max_bytes=MAX_BYTES, answered=ignored)
        else:
            assert await fails(fetcher, url, clip) is FetchUnusable

    assert len(asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "ftp://example.com/a.mp4",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://user:pw@example.com/a.mp4",
        "http://:0:0:0/",
        "//",
    ],
)
async def test_each_redirect_is_checked_like_the_link_itself(
    fetcher: ResultFetcher, clip: Path, location: str
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with web_host(answer) as host:
        assert await fails(fetcher, host, clip) is FetchUnusable


@pytest.mark.parametrize("location", ["", " ", "#part", "/start", "/other"])
async def test_a_redirect_that_leads_nowhere_else_is_a_dead_link(
    fetcher: ResultFetcher, clip: Path, location: str
) -> None:
    """A fresh link may lead to the clip; this one never does."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        there = location if request.path == "/start" else "/start"
        return web.Response(status=302, headers={"Location": there})

    async with web_host(answer) as host:
        assert await fails(fetcher, f"{host}/start", clip) is FetchGone

    assert len(asked) == len(set(asked))


async def test_a_redirect_without_a_target_is_a_dead_link(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=301)

    async with web_host(answer) as host:
        assert await fails(fetcher, host, clip) is FetchGone


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/a.mp4",
        "ftp://8.8.8.8/a.mp4",
        "file:///etc/passwd",
        "data:video/mp4;base64,AAAA",
        "https:///a.mp4",
        "https://user@8.8.8.8/",
        "https://:secret@8.8.8.8/",
        "https://@8.8.8.8/",
        "https://good.example\\@8.8.8.8/",
        "https://8.8.8.8/a\r\nX-Forged: 1",
        "https://8.8.8.8\r\nX-Forged: 1/",
        "https://8.8.8.8/a\nb",
        "https://8.8.8.8/a\tb",
        "https://8.8.8.8/a\x00b",
        "https://8.8.8.8/a\x7fb",
        "https://8.8.8.8/\ud800",
        "https://8.8.8.8:x/",
        "https://8.8.8.8:/ok\x1f",
        "https://user:secret@8.8.8.8/",
        "https://[::1/",
        "https://8.8.8.8:99999/",
        "//8.8.8.8/",
        "a.mp4",
        "",
        f"https://{'a' * 64}.example/",
        "https://a..example/",
    ],
)
async def test_what_is_no_https_address_is_refused_without_a_packet(
    guarded: ResultFetcher, clip: Path, url: str
) -> None:
    with pytest.raises(FetchUnusable):
        await guarded.fetch(url, clip, max_bytes=MAX_BYTES, answered=ignored)
