"""Hosts that stop, break off or refuse, and disks without room."""

import asyncio
import os
import socket
import struct
from pathlib import Path

import pytest
from aiohttp import ThreadedResolver

from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.errors import FetchCutShort, FetchError, FetchGone, FetchUnavailable
from bot.pipeline.deliverer import Deliverer
from tests.callbacks import ignored
from tests.delivery.fetching import MAX_BYTES, fails
from tests.delivery.hosts import CLIP, Talk, raw_host, saying, send_clip, web_host


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (f"HTTP/1.1 200 OK\nContent-Length: {len(CLIP) + 1}", FetchCutShort),
        ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", FetchGone),
        ("HTTP/1.1 200 OK\nContent-Length: x", FetchGone),
        ("HTTP/1.1 200 OK\nContent-Length: 3\nContent-Length: 5", FetchGone),
        ("HTTP/1.1 200 OK\nX: a\x00", FetchGone),
        ("HTTP/1.1 200 OK\nX: " + "x" * 64 * 1024, FetchGone),
        ("HTTP/1.1 2x0 OK", FetchGone),
        ("SSH-2.0-OpenSSH_9.2", FetchGone),
        ("HTTP/9", FetchGone),
        ("", FetchGone),
    ],
    ids=[
        *("too long", "no chunks", "no number", "two lengths", "control character"),
        *("endless header", "status of letters", "ssh", "no status", "nothing"),
    ],
)
async def test_an_answer_that_cannot_be_read_leaves_nothing(
    fetcher: ResultFetcher, clip: Path, head: str, error: type[FetchError]
) -> None:
    """Broken HTTP does not heal by itself, unlike a connection that broke off."""
    async with raw_host(saying(head, CLIP)) as host:
        assert await fails(fetcher, host, clip) is error


async def test_a_chunk_that_breaks_in_the_middle_is_noticed_soon(
    fetcher: ResultFetcher, clip: Path
) -> None:
    """The parser of aiohttp closes the connection, and would let us wait for ever."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"100\r\n" + bytes(256) + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(b"zz\r\nno chunk")
        await writer.drain()

    async with raw_host(talk) as host, asyncio.timeout(60):
        assert await fails(fetcher, host, clip) is FetchGone


async def _silence(reader: asyncio.StreamReader, _writer: object) -> None:
    await reader.read()


async def _stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + CLIP)
    await writer.drain()
    await reader.read()


async def _drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + CLIP)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("talk", [_silence, _stall, _drip])
async def test_a_host_that_stops_in_the_middle_leaves_nothing(
    clip: Path, talk: Talk
) -> None:
    """Not a byte for so long, or so slow that it takes too long altogether."""
    async with open_result_session(
        allow_private=True, stall_s=0.5, resolver=ThreadedResolver()
    ) as session:
        fetcher = ResultFetcher(session, allow_private=True, total_s=2.0, count=ignored)
        async with raw_host(talk) as host:
            assert await fails(fetcher, host, clip) is FetchUnavailable


async def test_many_downloads_that_hang_keep_no_other_waiting(
    clip: Path,
) -> None:
    """As many as a bot works on at once."""
    hanging, begun = Deliverer.at_once, asyncio.Semaphore(0)

    async def silence(reader: asyncio.StreamReader, _writer: object) -> None:
        begun.release()
        await reader.read()

    async with (
        open_result_session(allow_private=True, resolver=ThreadedResolver()) as session,
        raw_host(silence) as broken,
        web_host(send_clip) as healthy,
    ):
        fetcher = ResultFetcher(session, allow_private=True, count=ignored)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    fetcher.fetch(
                        broken,
                        clip.with_name(f"{number}.mp4"),
                        max_bytes=MAX_BYTES,
                        answered=ignored,
                    ),
                    name=f"hangs {number}",
                )
                for number in range(hanging)
            ]
            for _ in range(hanging):
                await begun.acquire()

            size = await fetcher.fetch(
                healthy, clip, max_bytes=MAX_BYTES, answered=ignored
            )
            for task in tasks:
                task.cancel()

    assert size == len(CLIP)


async def test_a_connection_that_breaks_off_is_tried_later(
    fetcher: ResultFetcher, clip: Path
) -> None:
    """Unlike a file that ends in good order, before its time."""
    begun = asyncio.Event()

    async def reset(_reader: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + CLIP)
        await begun.wait()
        at_once = struct.pack("ii", 1, 0)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async with raw_host(reset) as host:
        with pytest.raises(FetchUnavailable):
            await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=begun.set)


async def test_a_host_that_refuses_connections_is_tried_later(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async with raw_host(_silence) as host:
        address = host
    assert await fails(fetcher, address, clip) is FetchUnavailable


async def test_a_cancelled_download_leaves_nothing(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async with raw_host(_drip) as host:
        task = asyncio.create_task(
            fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored),
            name="download",
        )
        async with asyncio.timeout(30):
            while not list(clip.parent.iterdir()):  # noqa: ASYNC110 - a file, no event
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert list(clip.parent.iterdir()) == []


async def test_a_disk_without_room_is_said_to_be_that(
    fetcher: ResultFetcher, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator must not look for the fault at the host."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    async with web_host(send_clip) as host:
        with pytest.raises(FetchUnavailable, match="No space left on device"):
            await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert list(clip.parent.iterdir()) == []


async def test_a_spool_that_vanished_is_an_error_of_the_family(
    fetcher: ResultFetcher, clip: Path
) -> None:
    clip.parent.rmdir()

    async with web_host(send_clip) as host:
        with pytest.raises(FetchUnavailable, match="No such file"):
            await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)


async def test_a_download_that_breaks_off_is_not_repeated_by_the_library(
    fetcher: ResultFetcher, clip: Path
) -> None:
    asked = 0

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.transport.abort()

    async with raw_host(reset) as host:
        with pytest.raises(FetchUnavailable):
            await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert asked == 1
