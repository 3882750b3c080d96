"""Results that come compressed."""

import gzip
import zlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, strategies as st

from bot.delivery.answers import PIECE_BYTES, codings_in, decoded
from bot.delivery.fetch import ResultFetcher
from bot.delivery.mp4 import HEAD_BYTES
from bot.errors import (
    FetchCutShort,
    FetchError,
    FetchGone,
    FetchTooLarge,
    FetchUndecodable,
    FetchUnusable,
)
from tests.callbacks import ignored
from tests.delivery.fetching import MAX_BYTES, content, fails
from tests.delivery.hosts import CLIP, raw_host, saying


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def answer(encodings: list[str], body: bytes) -> str:
    told = "".join(f"\nContent-Encoding: {one}" for one in encodings)
    return f"HTTP/1.1 200 OK\nContent-Length: {len(body)}{told}"


@pytest.mark.parametrize(
    "encodings",
    [
        *([], [""], ["identity"], ["Identity"], ["  "], [","]),
        *(["aws-chunked"], ["UTF-8"], ["utf8"], ["binary"], ["none"], ["mp4"]),
        *(["aws-chunked, identity"], ["aws-chunked", "UTF-8"], ["\x7e;q=1"]),
        # And what a store says wrongly of a plain file.
        *(["gzip"], ["br"], ["zstd"], ["deflate"], ["gzip, br"]),
    ],
    ids=str,
)
async def test_a_plain_clip_is_taken_whatever_its_coding_is_called(
    fetcher: ResultFetcher, clip: Path, encodings: list[str]
) -> None:
    async with raw_host(saying(answer(encodings, CLIP), CLIP)) as host:
        await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert await content(clip) == CLIP


@pytest.mark.parametrize(
    ("encodings", "body"),
    [
        (["gzip"], gzip.compress(CLIP)),
        ([" GZip "], gzip.compress(CLIP)),
        (["x-gzip"], gzip.compress(CLIP)),
        (["gzip, aws-chunked"], gzip.compress(CLIP)),
        (["aws-chunked, gzip"], gzip.compress(CLIP)),
        (["aws-chunked", "gzip"], gzip.compress(CLIP)),
        (["gzip"], gzip.compress(CLIP[:500]) + gzip.compress(CLIP[500:])),
        (["gzip"], gzip.compress(CLIP) + bytes(100)),
        (["deflate"], zlib.compress(CLIP)),
        (["deflate"], raw_deflate(CLIP)),
        (["deflate"], gzip.compress(CLIP)),
    ],
    ids=[
        *("gzip", "odd case", "old name", "and no coding", "after no coding"),
        *("two headers", "two members", "padding", "zlib", "raw", "gzip after all"),
    ],
)
async def test_a_packed_clip_is_unpacked(
    fetcher: ResultFetcher, clip: Path, encodings: list[str], body: bytes
) -> None:
    async with raw_host(saying(answer(encodings, body), body)) as host:
        size = await fetcher.fetch(host, clip, max_bytes=MAX_BYTES, answered=ignored)

    assert size == len(CLIP)
    assert await content(clip) == CLIP


@pytest.mark.parametrize(
    ("encoding", "body", "error"),
    [
        ("br", b"\x0b\x02\x80" + bytes(99), FetchUndecodable),
        ("zstd", b"\x28\xb5\x2f\xfd" + bytes(99), FetchUndecodable),
        ("compress", b"\x1f\x9d\x90" + bytes(99), FetchUndecodable),
        ("gzip", gzip.compress(b"<html>" * 50), FetchUnusable),
        ("gzip", b"<html>" * 50, FetchUnusable),
        ("gzip", gzip.compress(CLIP)[:-40], FetchCutShort),
        ("gzip", gzip.compress(CLIP[:-40]), FetchCutShort),
        ("gzip", b"\x1f\x8b" + b"\xff" * 500, FetchGone),
        ("deflate", b"\xff" * 500, FetchGone),
        ("gzip", b"", FetchCutShort),
        ("gzip", b"\x1f", FetchCutShort),
    ],
    ids=[
        *("br", "zstd", "compress", "a packed page", "a page", "cut"),
        *("half a clip, packed", "broken", "broken deflate", "nothing", "a byte"),
    ],
)
async def test_what_cannot_be_unpacked_leaves_nothing(
    fetcher: ResultFetcher,
    clip: Path,
    encoding: str,
    body: bytes,
    error: type[FetchError],
) -> None:
    async with raw_host(saying(answer([encoding], body), body)) as host:
        assert await fails(fetcher, host, clip) is error


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Return a small file that unfolds into a clip and 200 MB of nothing."""
    return gzip.compress(CLIP + bytes(200_000_000), compresslevel=1)


@pytest.mark.parametrize(
    ("encoding", "packed", "error"),
    [
        ("gzip", bytes, FetchTooLarge),
        ("gzip", gzip.compress, FetchUnusable),
        ("gzip, gzip", gzip.compress, FetchUndecodable),
        ("deflate", lambda bomb: raw_deflate(gzip.decompress(bomb)), FetchTooLarge),
    ],
    ids=["a bomb", "a bomb in a bomb", "twice", "a raw bomb"],
)
async def test_a_bomb_leaves_nothing(
    fetcher: ResultFetcher,
    clip: Path,
    bomb: bytes,
    encoding: str,
    packed: Callable[[bytes], bytes],
    error: type[FetchError],
) -> None:
    body = packed(bomb)

    async with raw_host(saying(answer([encoding], body), body)) as host:
        assert await fails(fetcher, host, clip) is error


async def test_a_bomb_is_unpacked_no_further_than_the_cap(bomb: bytes) -> None:
    """What could unfold into gigabytes comes in pieces."""
    seen = 0

    async def whole() -> AsyncGenerator[bytes, None]:
        yield bomb

    async for piece in decoded(whole(), ["gzip"]):
        assert len(piece) <= PIECE_BYTES
        seen += len(piece)
        if seen > MAX_BYTES:
            break

    assert seen <= MAX_BYTES + PIECE_BYTES


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 50), st.booleans())
async def test_it_does_not_matter_how_a_packed_body_is_cut_up(
    data: bytes,
    every: int,
    deflate: bool,  # noqa: FBT001 - a parameter
) -> None:
    packed = zlib.compress(data) if deflate else gzip.compress(data)
    assume(len(packed) >= HEAD_BYTES)

    async def pieces() -> AsyncGenerator[bytes, None]:
        for at in range(0, len(packed), every):
            yield packed[at : at + every]

    found = decoded(pieces(), ["deflate" if deflate else "gzip"])
    unpacked = b"".join([piece async for piece in found])

    assert unpacked == data


@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_header_is_read(values: list[str]) -> None:
    assert set(codings_in(values)) <= {
        *("gzip", "deflate", "br", "zstd", "compress", "dcb", "dcz")
    }
