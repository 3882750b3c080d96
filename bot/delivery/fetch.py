"""Downloads a result: public addresses only, capped in bytes and time, no key sent."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.counting import CountRequest, counted
from bot.delivery.addresses import ForbiddenAddress, PublicResolver, public_socket
from bot.delivery.answers import body_of, codings_in, decoded, judge, redirect_in
from bot.delivery.links import address
from bot.delivery.mp4 import check_clip
from bot.errors import (
    FetchGone,
    FetchTooLarge,
    FetchUnavailable,
    FetchUnusable,
)
from bot.evolink.session import one_attempt
from bot.part_files import part_of

MAX_REDIRECTS = 3
TOTAL_S = 600.0
"""For one download. 100 MiB then need 175 kB/s."""
CONNECTIONS = 128
"""At once: more than the deliverer handles, so what hangs takes none."""
STALL_S = 30.0
"""A host that sends no byte for so long has stopped."""
HOST_S = 5.0
"""For a host to answer whether it lives."""
HEADER_BYTES = 33 * 1024
"""For one header: 32 KiB and its name. Object stores put policies and traces there."""
MOST_HEADERS = 512


@asynccontextmanager
async def open_result_session(
    *,
    allow_private: bool,
    resolver: AbstractResolver,
    stall_s: float = STALL_S,
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session that connects to public addresses only.

    It carries no key, no cookies and no proxy settings. `allow_private` is for a
    sandbox on this machine. `resolver` finds the addresses of names. A host that sends
    nothing for `stall_s` seconds has stopped.
    """
    if allow_private:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, resolver=resolver)
    else:
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS,
            resolver=PublicResolver(resolver),
            socket_factory=public_socket,
        )
    timeout = aiohttp.ClientTimeout(total=TOTAL_S, sock_connect=15, sock_read=stall_s)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        trust_env=False,
        middlewares=[one_attempt],
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "clapper"},
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        max_headers=MOST_HEADERS,
    ) as session:
        yield session


class ResultFetcher:
    """Stores results as files. The caller opens and closes the session."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        allow_private: bool,
        count: CountRequest,
        total_s: float = TOTAL_S,
    ) -> None:
        self._session = session
        self._count = count
        self._total_s = total_s
        self._schemes = {"https", "http"} if allow_private else {"https"}

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None],
    ) -> int:
        """Store the clip at `url` as the file `into`; return its size in bytes.

        The file appears whole and flushed to disk, or not at all. `answered` is called
        once the host has said that it has it, before it is here.

        Raises:
            FetchUnavailable: If the host failed or was too slow, or there is no room
                on the disk; try again.
            FetchCutShort: If only the beginning came; try again a few times.
            FetchGone: If the link is dead: the host refuses it, or answers nonsense.
            FetchTooLarge: If there are more than `max_bytes`.
            FetchUndecodable: If it is compressed in a way that we do not read.
            FetchUnusable: If it is no video, or its address may not be asked.
        """
        with counted(self._count, "results", "clip"), _our_errors():
            async with asyncio.timeout(self._total_s):
                return await self._fetch(url, into, max_bytes, answered)

    async def ask_host(self, origin: str) -> None:
        """Ask a host for its root. Any answer will do that is no failure of its own.

        Raises:
            FetchUnavailable: If it fails, or does not answer within five seconds.
            FetchUnusable: If its address may not be asked.
        """
        with counted(self._count, "results", "host"), _our_errors():
            async with (
                asyncio.timeout(HOST_S),
                self._session.head(
                    self._checked_address(f"{origin}/"), allow_redirects=False
                ) as response,
            ):
                if _is_down(response.status):
                    msg = f"the host failed: {response.status}"
                    raise FetchUnavailable(msg)

    async def _fetch(
        self, url: str, into: Path, max_bytes: int, answered: Callable[[], None]
    ) -> int:
        async with self._answer(url) as response:
            answered()
            if (response.content_length or 0) > max_bytes:
                msg = f"the file has {response.content_length} bytes"
                raise FetchTooLarge(msg)
            part = part_of(into)
            try:
                with _create(part) as file:
                    size = await _store(response, file, max_bytes)
                    await asyncio.to_thread(_finish, file)
                part.replace(into)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return size

    @asynccontextmanager
    async def _answer(self, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Follow redirects by hand, because each target has to be allowed."""
        target = self._checked_address(url)
        asked = {target}
        for _ in range(MAX_REDIRECTS + 1):
            async with self._session.get(
                target, allow_redirects=False, auto_decompress=False
            ) as response:
                location = redirect_in(response)
                if location is None:
                    judge(response)
                    yield response
                    return
                target = self._checked_address(location, base=target)
            if target in asked:
                msg = "the host redirects in a circle"
                raise FetchGone(msg)
            asked.add(target)
        msg = f"more than {MAX_REDIRECTS} redirects"
        raise FetchUnusable(msg)

    def _checked_address(self, url: str, base: URL | None = None) -> URL:
        try:
            return address(url, self._schemes, base)
        except ValueError as error:
            msg = "the link is no https address"
            raise FetchUnusable(msg) from error


@contextmanager
def _our_errors() -> Generator[None]:
    """Translate the errors of libraries into ours."""
    try:
        yield
    except TimeoutError as error:
        msg = "the host took too long"
        raise FetchUnavailable(msg) from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, ForbiddenAddress):
            raise FetchUnusable(str(error.os_error)) from error
        raise FetchUnavailable(_kind(error)) from error
    except (aiohttp.InvalidURL, UnicodeError) as error:
        # A name that cannot be looked up is refused by Python's own IDNA codec.
        msg = "the link is no address"
        raise FetchUnusable(msg) from error
    except aiohttp.ClientResponseError as error:
        # Only aiohttp's parser raises it here, of what is no HTTP.
        msg = "the host's answer cannot be read"
        raise FetchGone(msg) from error
    except aiohttp.ClientError as error:
        raise FetchUnavailable(_kind(error)) from error
    except OSError as error:
        msg = f"the clip cannot be stored: {error.strerror}"
        raise FetchUnavailable(msg, answered=True) from error


async def _store(
    response: aiohttp.ClientResponse, file: BinaryIO, max_bytes: int
) -> int:
    """Write a body as it is without its coding; return its size in bytes."""
    size = 0
    codings = codings_in(response.headers.getall("Content-Encoding", []))
    async with (
        aclosing(body_of(response, max_bytes)) as body,
        aclosing(decoded(body, codings)) as pieces,
    ):
        async for piece in pieces:
            size += len(piece)
            if size > max_bytes:
                msg = f"the file has more than {max_bytes} bytes"
                raise FetchTooLarge(msg)
            file.write(piece)
    return size


def _create(path: Path) -> BinaryIO:
    """Open an empty file that nobody but us can read."""
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(path, flags, 0o600), "w+b")


def _finish(file: BinaryIO) -> None:
    file.flush()
    check_clip(file)
    os.fsync(file.fileno())


def _is_down(status: int) -> bool:
    asks_for_rest = status == HTTPStatus.TOO_MANY_REQUESTS
    return asks_for_rest or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _kind(error: Exception) -> str:
    # aiohttp's own text may hold the link, which is as good as the clip itself.
    return f"the host failed: {type(error).__name__}"
