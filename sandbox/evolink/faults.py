"""HTTP faults on demand: which request is to go wrong, how, and how often.

Knows paths and statuses only; what the request wanted is no concern of a fault.
"""

import asyncio
import re
import socket
import struct
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from sandbox.evolink.refusals import Dialect, Refusal

_LOOK_S = 0.05
"""How often a hanging answer looks whether the client has gone, in real seconds."""

_PAGE = "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong."""

    answer: (
        int | Literal["reset", "hang", "html", "empty", "no-json", "no-http"] | None
    ) = None
    """A status in EvoLink's own words; the connection reset; no answer until the
    fault is cleared or the client leaves; a proxy's HTML page with 502; 200 with an
    empty body; 200 with half of some JSON; bytes that are no HTTP; `None`: only the
    delay, then the true answer."""
    method: str = "*"
    path: str = ".*"
    """Regular expression that the whole path has to match."""
    mentions: str = ""
    """Only requests that name this: a task's id, in the path or among a batch's, or a
    word of a prompt."""
    host: Literal["api", "results", "files"] = "api"
    delay_s: float = 0.0
    """Real seconds before the answer."""
    times: int | None = 1
    """How many requests it meets; `None`: every one until it is cleared."""
    retry_after: float | str | None = None
    """Retry-After: seconds, or a date as it stands."""
    code: str | None = None
    """Another `error.code` than the usual one for the status."""
    body: str | None = None
    """Another body than the usual one for the status, sent as JSON."""
    after_effect: bool = False
    """The request takes effect first; only its answer is replaced."""

    def meets(self, host: str, method: str, path: str, body: bytes) -> bool:
        """Return whether this request is to go wrong."""
        return (
            self.host == host
            and self.method in {"*", method}
            and re.fullmatch(self.path, path) is not None
            and (self.mentions in path or self.mentions.encode() in body)
        )


class FaultBox:
    """The faults in force. The one added first is played first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int | None]] = []
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> Fault:
        """Let a fault happen from now on. Returns it, to be cleared later."""
        self._waiting.append((fault, fault.times))
        return fault

    def clear(self, fault: Fault | None = None) -> None:
        """End one fault, or all of them, and let every hanging request go."""
        self._waiting = [
            entry
            for entry in self._waiting
            if fault is not None and entry[0] is not fault
        ]
        self._released.set()
        self._released = asyncio.Event()

    def take(
        self, host: str, method: str, path: str, body: bytes = b""
    ) -> Fault | None:
        """Return the fault that meets this request, and count it."""
        for index, (fault, left) in enumerate(self._waiting):
            if not fault.meets(host, method, path, body):
                continue
            if left is not None and left <= 1:
                del self._waiting[index]
            elif left is not None:
                self._waiting[index] = (fault, left - 1)
            return fault
        return None

    async def play(
        self, fault: Fault, request: web.Request, dialect: Dialect, request_id: str
    ) -> web.StreamResponse:
        """Answer as the fault wants it. `fault.answer` must not be `None`."""
        match fault.answer:
            case "reset":
                return reset(request)
            case "hang":
                await self._hang(request)
                return reset(request)
            case "html":
                return web.Response(status=502, text=_PAGE, content_type="text/html")
            case "empty" | "no-json" | None:
                text = '{"data": [' if fault.answer == "no-json" else None
                return web.Response(text=text, content_type="application/json")
            case "no-http":
                return no_http(request)
            case status:
                return _refuse(fault, status, request, dialect, request_id)

    async def _hang(self, request: web.Request) -> None:
        released = self._released
        while not released.is_set() and request.transport is not None:
            try:
                async with asyncio.timeout(_LOOK_S):
                    await released.wait()
            except TimeoutError:
                continue


def _refuse(
    fault: Fault, status: int, request: web.Request, dialect: Dialect, request_id: str
) -> web.Response:
    headers = {}
    if fault.retry_after is not None:
        wait = fault.retry_after
        headers["Retry-After"] = wait if isinstance(wait, str) else f"{wait:g}"
    if fault.body is not None:
        return web.Response(
            status=status,
            text=fault.body,
            content_type="application/json",
            headers=headers,
        )
    about_tasks = request.path.startswith("/v1/tasks/")
    if fault.code is None:
        refusal = Refusal.of_status(status, about_tasks=about_tasks, dialect=dialect)
    else:
        refusal = Refusal(fault.code, status=status)
    body = refusal.body(dialect, request_id)
    return web.json_response(body, status=status, headers=headers)


def no_http(request: web.Request) -> web.Response:
    """Send what no client can parse; the returned response reaches nobody."""
    if request.transport is not None:
        request.transport.write(b"HTTP/1.1 200 OK\r\nBroken\x00Header\r\n\r\n")
        request.transport.close()
    return web.Response()


def reset(request: web.Request) -> web.Response:
    """Tear the connection down; the returned response reaches nobody."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        # Lingering for no time makes the kernel send RST instead of a polite FIN.
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        transport.abort()
    return web.Response()


class AnswerLost(Exception):
    """What was asked has happened, but its answer is to be replaced by a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.answer))
        self.fault = fault
