"""What a result host's answer means, and its body, piece by piece.

A Content-Encoding is undone. We never ask for one, so most that come are a store's
mistake: `aws-chunked`, a character set, nothing at all. An unknown name counts as no
coding. What deflate or gzip packed is unpacked in small pieces, so that the caller's
byte count stops a bomb. Other compressions would need more libraries, and are refused.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from aiohttp.client_proto import ResponseHandler

from bot.delivery.mp4 import HEAD_BYTES, begins_like_mp4
from bot.errors import (
    FetchCutShort,
    FetchGone,
    FetchTooLarge,
    FetchUnavailable,
    FetchUndecodable,
)
from bot.evolink.waits import retry_after_s

CHUNK_BYTES = 256 * 1024
LOOK_S = 1.0
"""How often to check whether the connection of a silent body is closed."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset(
    {
        HTTPStatus.ACCEPTED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Like a 5xx: a later attempt may succeed."""
_FROM_THE_FIRST_BYTE = re.compile(
    r"\s*bytes\s+0-([0-9]{1,18})/([0-9]{1,18})\s*", re.IGNORECASE
)
PIECE_BYTES = 256 * 1024
_GZIP = "gzip"
_DEFLATE = "deflate"
_ALIASES = {"x-gzip": _GZIP, "x-compress": "compress"}
_KNOWN = frozenset({_GZIP, _DEFLATE, "br", "zstd", "compress", "dcb", "dcz"})
"""IANA's registry of content codings, but for identity and those that are no bytes."""
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_METHOD = 8


def redirect_in(response: aiohttp.ClientResponse) -> str | None:
    """Return where an answer leads, or None if it leads nowhere."""
    if response.status not in REDIRECTS:
        return None
    return response.headers.get("Location", "").strip() or None


def judge(response: aiohttp.ClientResponse) -> None:
    """Return only if an answer, which is no redirect, brings a file.

    Raises:
        FetchUnavailable: If the same request may bring one later.
        FetchCutShort: If it brings a part that nobody asked for.
        FetchGone: If it never will.
    """
    status = response.status
    if status == HTTPStatus.OK or (
        status == HTTPStatus.PARTIAL_CONTENT and _covers_all(response)
    ):
        return
    msg = f"the host answered {status}"
    if status == HTTPStatus.PARTIAL_CONTENT:
        raise FetchCutShort(msg)
    if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        asked_s = retry_after_s(
            response.headers.get("Retry-After"), None, answered_at=datetime.now(UTC)
        )
        # Of the rest a 429 alone may be about more than this link.
        is_of_link = status in LATER and status != HTTPStatus.TOO_MANY_REQUESTS
        raise FetchUnavailable(msg, retry_after_s=asked_s, answered=is_of_link)
    raise FetchGone(msg)


async def body_of(
    response: aiohttp.ClientResponse, max_bytes: int
) -> AsyncGenerator[bytes, None]:
    """Yield a body as it comes, and never more than `max_bytes`.

    Raises:
        FetchTooLarge: If there are more.
        FetchCutShort: If it ends in good order, and before the length that was named.
        FetchGone: If it breaks the rules of HTTP.
    """
    size = 0
    connection = response.connection
    protocol = None if connection is None else connection.protocol
    while piece := await _next_piece(response, protocol):
        size += len(piece)
        if size > max_bytes:
            msg = f"the host sent more than {max_bytes} bytes"
            raise FetchTooLarge(msg)
        yield piece


async def _next_piece(
    response: aiohttp.ClientResponse, protocol: ResponseHandler | None
) -> bytes:
    while True:
        try:
            async with asyncio.timeout(LOOK_S):
                return await response.content.read(CHUNK_BYTES)
        except aiohttp.ClientPayloadError as error:
            if protocol is not None and isinstance(protocol.exception(), OSError):
                raise  # the connection broke off
            msg = "the file is shorter than the host said"
            raise FetchCutShort(msg) from error
        except TimeoutError as error:
            if isinstance(error, aiohttp.SocketTimeoutError):
                raise
            # At a broken chunk aiohttp closes the connection, but a reader of the body
            # waits forever: only its protocol knows.
            if response.connection is None:
                continue
            if protocol is not None and protocol.exception() is not None:
                msg = "the host's answer cannot be read to its end"
                raise FetchGone(msg) from protocol.exception()


def _covers_all(response: aiohttp.ClientResponse) -> bool:
    ranges = response.headers.get("Content-Range", "")
    told = _FROM_THE_FIRST_BYTE.fullmatch(ranges)
    return told is not None and int(told[1]) + 1 == int(told[2])


def codings_in(headers: Iterable[str]) -> list[str]:
    """Return what was applied, in that order, by the values of Content-Encoding."""
    tokens = (one.strip().lower() for value in headers for one in value.split(","))
    names = (_ALIASES.get(token, token) for token in tokens)
    return [name for name in names if name in _KNOWN]


async def decoded(
    pieces: AsyncIterable[bytes], codings: list[str]
) -> AsyncGenerator[bytes, None]:
    """Yield a body as it was before it was encoded, at most 256 KiB at a time.

    Where the body is plain whatever its header says, it is taken as it is.

    Raises:
        FetchUndecodable: If this is a coding that we do not read.
        FetchGone: If the body is not what its coding promises.
        FetchCutShort: If it ends too soon.
    """
    unpacker: _Unpacker | None = None
    head: bytes | None = b"" if codings else None
    async for piece in pieces:
        data = piece
        if head is not None:
            head += piece
            if len(head) < HEAD_BYTES:
                continue
            unpacker, data, head = _unpacker_for(codings, head), head, None
        for part in (data,) if unpacker is None else unpacker.feed(data):
            yield part
            if unpacker is not None:
                # Unpacking is arithmetic: others may run in between.
                await asyncio.sleep(0)
    if head:
        yield head  # too little for a clip, in whatever coding
    if unpacker is not None and not unpacker.is_whole:
        msg = "the compressed file ends too soon"
        raise FetchCutShort(msg)


def _unpacker_for(codings: list[str], head: bytes) -> "_Unpacker | None":
    if begins_like_mp4(head):
        return None
    (coding, *more) = codings
    if more or coding not in {_GZIP, _DEFLATE}:
        msg = f"the answer is compressed: {', '.join(codings)}"
        raise FetchUndecodable(msg)
    if head.startswith(_GZIP_MAGIC):
        return _Unpacker(16 + zlib.MAX_WBITS)
    if coding == _GZIP:
        return None  # neither gzip nor an mp4, which the next in line will see
    # Some servers leave out the header that "deflate" means by its standard.
    is_zlib = (
        head[0] & 0x0F == _ZLIB_METHOD and int.from_bytes(head[:2], "big") % 31 == 0
    )
    return _Unpacker(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


class _Unpacker:
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._zlib = zlib.decompressobj(wbits)

    @property
    def is_whole(self) -> bool:
        """Whether the end that the format marks has come."""
        return self._zlib.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes out of more bytes; whatever follows the end is left out."""
        while True:
            if self._zlib.eof:
                if not data.startswith(_GZIP_MAGIC):
                    return
                # A gzip file may consist of several, one after the other.
                self._zlib = zlib.decompressobj(self._wbits)
            try:
                piece = self._zlib.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                msg = "the compressed file cannot be read"
                raise FetchGone(msg) from error
            data = self._zlib.unconsumed_tail or self._zlib.unused_data
            if piece:
                yield piece
            if not data and len(piece) < PIECE_BYTES:
                return
