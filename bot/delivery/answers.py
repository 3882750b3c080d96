"""What a result host's answer means, and its body, piece by piece."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from aiohttp.client_proto import ResponseHandler

from bot.errors import FetchCutShort, FetchGone, FetchTooLarge, FetchUnavailable
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
