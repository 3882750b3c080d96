"""The file server: signed links that die after a day, and the bytes behind them."""

import asyncio
import hashlib
import hmac
import re
import secrets
from urllib.parse import quote

from aiohttp import web

from sandbox.discord.clock import Clock
from sandbox.discord.composition import Attachment
from sandbox.discord.faults import Faults

LINK_LIFE_S = 24 * 3600
"""How long a link works (announced by Discord in 2024). Reading the message again
gives a fresh one."""

ROUTE = "/attachments/{channel_id}/{attachment_id}/{filename}"
"""Files of messages."""
EPHEMERAL_ROUTE = "/ephemeral-attachments/{application_id}/{attachment_id}/{filename}"
"""Files that were uploaded for options and forms."""
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OK, _PARTIAL, _GONE, _BAD_RANGE = 200, 206, 404, 416


class Cdn:
    """Keeps the files of messages, options and forms, and gives out links to them."""

    def __init__(self, clock: Clock, application_id: int) -> None:
        self._clock = clock
        self._application_id = application_id
        self._secret = secrets.token_bytes(16)
        self._files: dict[int, Attachment] = {}
        self.faults = Faults()
        """Downloads that shall go wrong: by a status, by a delay, or cut half-way."""
        self.base_url = ""
        """Where the server is reached; set when it listens."""

    def keep(self, attachment: Attachment) -> None:
        """Store a file for those who have its link."""
        self._files[attachment.id] = attachment

    def drop(self, attachment: Attachment) -> None:
        """Forget a file; links to it are dead from now on."""
        self._files.pop(attachment.id, None)

    def url(self, attachment: Attachment) -> str:
        """Return a link that works for `LINK_LIFE_S` seconds."""
        issued = int(self._clock.now_s())
        expires = f"{issued + LINK_LIFE_S:x}"
        path = self._path(attachment)
        signature = self._signature(path, expires)
        query = f"ex={expires}&is={issued:x}&hm={signature}"
        return f"{self.base_url}{path}?{query}"

    def attachment_behind(self, url: str) -> Attachment | None:
        """Return the file that one of our own links leads to."""
        if not self.base_url or not url.startswith(f"{self.base_url}/attachments/"):
            return None
        parts = url.removeprefix(self.base_url).split("/")
        number = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - as in ROUTE
        return self._files.get(int(number)) if number.isdigit() else None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a download, whole or the range asked for."""
        fault = self.faults.take(request.method, request.path)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.status is not None:
                return web.Response(status=fault.status, text=fault.message)
        answer = self._answer(request)
        if fault is not None and fault.trouble is not None:
            return await _cut(answer, request)
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        number = request.match_info["attachment_id"]
        file = self._files.get(int(number)) if number.isdigit() else None
        if file is None or not self._is_alive(file, request):
            return web.Response(
                status=_GONE, text="This content is no longer available."
            )
        headers = {"Accept-Ranges": "bytes", "Content-Type": file.content_type}
        wanted = request.headers.get("Range")
        if wanted is None:
            return web.Response(body=file.data, headers=headers)
        size = len(file.data)
        span = _span(wanted, size)
        if span is None:
            headers["Content-Range"] = f"bytes */{size}"
            return web.Response(status=_BAD_RANGE, headers=headers)
        first, last = span
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        body = file.data[first : last + 1]
        return web.Response(status=_PARTIAL, body=body, headers=headers)

    def _is_alive(self, file: Attachment, request: web.Request) -> bool:
        expires = request.query.get("ex", "")
        given = request.query.get("hm", "")
        path = self._path(file)
        if not hmac.compare_digest(given, self._signature(path, expires)):
            return False
        if request.rel_url.raw_path != path:
            return False
        return self._clock.now_s() < int(expires, 16)

    def _path(self, file: Attachment) -> str:
        name = quote(file.filename)
        if file.ephemeral:
            return f"/ephemeral-attachments/{self._application_id}/{file.id}/{name}"
        return f"/attachments/{file.channel_id}/{file.id}/{name}"

    def _signature(self, path: str, expires: str) -> str:
        text = f"{path}?{expires}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


async def _cut(answer: web.Response, request: web.Request) -> web.StreamResponse:
    """Send half of an answer, and break the connection."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    half = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return half


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte a Range header asks for; None if out of range."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    start, end = found.groups()
    if not start:
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = int(start), min(int(end or size - 1), size - 1)
    return (first, last) if first <= last else None
