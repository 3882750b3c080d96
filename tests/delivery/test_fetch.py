"""Downloads of results: what is taken, what is not, and what is left behind."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.errors import (
    FetchCutShort,
    FetchError,
    FetchGone,
    FetchTooLarge,
    FetchUnavailable,
    FetchUnusable,
)
from tests.callbacks import ignored
from tests.delivery.boxes import FTYP
from tests.delivery.fetching import MAX_BYTES, content, fails, mode
from tests.delivery.hosts import (
    CLIP,
    ScriptedResolver,
    raw_host,
    saying,
    send_clip,
    web_host,
)


async def test_a_clip_is_stored_whole_and_for_us_alone(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async with web_host(send_clip) as host:
        size = await fetcher.fetch(
            f"{host}/a.mp4?sig=1", clip, max_bytes=MAX_BYTES, answered=ignored
        )

    assert size == len(CLIP)
    assert await content(clip) == CLIP
    assert await mode(clip) == 0o600
    assert [one.name for one in clip.parent.iterdir()] == [clip.name]


async def test_what_an_interrupted_download_left_is_in_nobodys_way(
    fetcher: ResultFetcher, clip: Path
) -> None:
    """Nor are downloads of processes that share a folder."""
    clip.with_name(clip.name + ".part").write_bytes(b"x" * 10 * len(CLIP))

    async with web_host(send_clip) as host:
        both = (
            fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)
            for _ in range(2)
        )
        sizes = await asyncio.gather(*both)

    assert sizes == [len(CLIP)] * 2
    assert await content(clip) == CLIP


async def test_a_clip_of_exactly_the_cap_is_taken(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async with web_host(send_clip) as host:
        size = await fetcher.fetch(host, clip, max_bytes=len(CLIP), answered=ignored)

        assert size == len(CLIP)
        await asyncio.to_thread(clip.unlink)
        assert await fails(fetcher, host, clip, max_bytes=size - 1) is FetchTooLarge


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, FetchGone),
        (404, FetchGone),
        (410, FetchGone),
        (400, FetchGone),
        (401, FetchGone),
        (402, FetchGone),
        (405, FetchGone),
        (416, FetchGone),
        (418, FetchGone),
        (451, FetchGone),
        (499, FetchGone),
        (204, FetchGone),
        (302, FetchGone),
        (304, FetchGone),
        (206, FetchCutShort),
        (202, FetchUnavailable),
        (408, FetchUnavailable),
        (425, FetchUnavailable),
        (429, FetchUnavailable),
        (500, FetchUnavailable),
        (503, FetchUnavailable),
        (520, FetchUnavailable),
    ],
)
async def test_what_a_status_means(
    fetcher: ResultFetcher, clip: Path, status: int, error: type[FetchError]
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        has_body = status not in {204, 304}
        return web.Response(status=status, body=CLIP if has_body else None)

    async with web_host(answer) as host:
        assert await fails(fetcher, host, clip) is error


@pytest.mark.parametrize(
    "body",
    [b"<html>expired</html>" * 50, b"\x89PNG\r\n\x1a\n" + bytes(99), FTYP],
    ids=["a page", "a picture", "a beginning alone"],
)
async def test_what_is_no_mp4_is_refused(
    fetcher: ResultFetcher, clip: Path, body: bytes
) -> None:
    """Whatever its Content-Type and its name say."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="video/mp4")

    async with web_host(answer) as host:
        assert await fails(fetcher, f"{host}/clip.mp4", clip) is FetchUnusable


async def test_the_hosts_file_name_is_not_used(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        disposition = 'attachment; filename="../../../../tmp/evil.sh"'
        return web.Response(body=CLIP, headers={"Content-Disposition": disposition})

    async with web_host(answer) as host:
        await fetcher.fetch(
            f"{host}/..%2f..%2fevil.sh", clip, max_bytes=MAX_BYTES, answered=ignored
        )

    assert [one.name for one in clip.parent.iterdir()] == [clip.name]


async def test_an_endless_stream_is_cut_off_at_the_cap(
    fetcher: ResultFetcher, clip: Path
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(CLIP)
        while sent < 200 * MAX_BYTES:
            await response.write(bytes(65_536))
            sent += 65_536
        return response

    async with web_host(endless) as host:
        assert await fails(fetcher, host, clip) is FetchTooLarge

    assert sent < 100 * MAX_BYTES


async def test_a_length_beyond_the_cap_is_believed_before_a_byte_comes(
    fetcher: ResultFetcher, clip: Path
) -> None:
    head = f"HTTP/1.1 200 OK\nContent-Length: {10**12}"

    async with raw_host(saying(head)) as host:
        assert await fails(fetcher, host, clip) is FetchTooLarge


@pytest.mark.parametrize("size", [8 * 1024, 32 * 1024])
async def test_a_header_may_have_32_kib(
    fetcher: ResultFetcher, clip: Path, size: int
) -> None:
    """Some object stores answer with whole policies."""
    head = f"HTTP/1.1 200 OK\nX-Policy: {'p' * size}\nContent-Length: {len(CLIP)}"

    async with raw_host(saying(head, CLIP)) as host:
        assert await fetcher.fetch(
            host, clip, max_bytes=MAX_BYTES, answered=ignored
        ) == len(CLIP)


async def test_there_may_be_many_headers(fetcher: ResultFetcher, clip: Path) -> None:
    many = "\n".join(f"X-Trace-{n}: {n}" for n in range(400))
    head = f"HTTP/1.1 200 OK\n{many}\nContent-Length: {len(CLIP)}"

    async with raw_host(saying(head, CLIP)) as host:
        assert await fetcher.fetch(
            host, clip, max_bytes=MAX_BYTES, answered=ignored
        ) == len(CLIP)


@pytest.mark.parametrize(
    ("told", "works"),
    [
        (f"bytes 0-{len(CLIP) - 1}/{len(CLIP)}", True),
        (f"Bytes  0-{len(CLIP) - 1}/{len(CLIP)}", True),
        (f"bytes 0-{len(CLIP) - 1}/{len(CLIP) + 1}", False),
        (f"bytes 1-{len(CLIP)}/{len(CLIP) + 1}", False),
        (f"bytes 0-{len(CLIP) - 1}/*", False),
        (f"bytes */{len(CLIP)}", False),
        ("nonsense", False),
        ("", False),
    ],
)
async def test_a_206_is_good_where_it_covers_the_whole_file(
    fetcher: ResultFetcher,
    clip: Path,
    told: str,
    works: bool,  # noqa: FBT001 - a parameter
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=206, body=CLIP, headers={"Content-Range": told})

    async with web_host(answer) as host:
        if works:
            assert await fetcher.fetch(
                host, clip, max_bytes=MAX_BYTES, answered=ignored
            ) == len(CLIP)
        else:
            assert await fails(fetcher, host, clip) is FetchCutShort


@pytest.mark.parametrize(
    "body", [b"", b"No", CLIP[:11], CLIP[: len(CLIP) // 2], CLIP[:-1]]
)
async def test_a_file_that_is_only_a_beginning_is_told_from_no_clip(
    fetcher: ResultFetcher, clip: Path, body: bytes
) -> None:
    """A host that hangs up without having promised a length leaves half a file."""
    head = "HTTP/1.1 200 OK\nContent-Type: video/mp4"

    async with raw_host(saying(head, body)) as host:
        assert await fails(fetcher, host, clip) is FetchCutShort


@pytest.mark.parametrize("status", [429, 503])
async def test_a_hosts_wish_to_be_asked_later_is_handed_on(
    fetcher: ResultFetcher, clip: Path, status: int
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": "90"})

    async with web_host(answer) as host:
        with pytest.raises(FetchUnavailable) as error:
            await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert error.value.retry_after_s == 90


async def _end(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + CLIP)
    await writer.drain()


async def test_no_key_no_cookie_and_no_proxy_goes_to_a_host(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not EvoLink's, and a link may have been made by anybody."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        response = web.Response(body=CLIP)
        response.set_cookie("track", "me")
        return response

    # By a name: cookies of bare addresses would not be kept anyway.
    names = ScriptedResolver(["127.0.0.1"], ["127.0.0.1"])
    async with (
        web_host(answer) as host,
        open_result_session(allow_private=True, resolver=names) as session,
    ):
        url = host.replace("127.0.0.1", "files.example")
        for _ in range(2):
            fetcher = ResultFetcher(session, allow_private=True, count=ignored)
            await fetcher.fetch(url, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert len(asked) == 2
    for request in asked:
        sent = {name.lower() for name in request.headers}
        assert sent <= {"host", "accept", "accept-encoding", "user-agent"}
        assert request.headers["Accept-Encoding"] == "identity"


async def test_the_text_of_an_error_does_not_hold_the_link(
    fetcher: ResultFetcher, clip: Path
) -> None:
    """Anyone with the link has the clip, and errors are logged."""
    async with raw_host(_end) as host:
        with pytest.raises(FetchError) as error:
            await fetcher.fetch(
                f"{host}/secret-path", clip, max_bytes=MAX_BYTES, answered=ignored
            )

    assert "secret-path" not in str(error.value)
    assert isinstance(error.value.__cause__, aiohttp.ClientError)
