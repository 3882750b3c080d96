"""A bare client of Discord's REST API and gateway: nothing helps, nothing hides."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]
File = tuple[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> int | None:
        """Discord's own code of a refusal."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class Rest:
    """Asks with the bot's token, unless told not to."""

    def __init__(
        self, session: aiohttp.ClientSession, base: str, token: str | None
    ) -> None:
        self.session = session
        self._base = base
        self._headers = {} if token is None else {"Authorization": f"Bot {token}"}

    async def ask(
        self, method: str, path: str, body: object = None, files: Sequence[File] = ()
    ) -> Reply:
        """Send one request and read all of the answer."""
        content: dict[str, Any] = {} if body is None else {"json": body}
        if files:
            content = {"data": _form(body, files)}
        async with self.session.request(
            method, self._base + path, headers=self._headers, **content
        ) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Reply(
                status=response.status,
                headers=dict(response.headers),
                body=json.loads(raw) if is_json else raw,
            )

    async def get(self, path: str) -> Reply:
        return await self.ask("GET", path)

    async def post(
        self, path: str, body: object = None, files: Sequence[File] = ()
    ) -> Reply:
        return await self.ask("POST", path, body, files)

    async def patch(
        self, path: str, body: object = None, files: Sequence[File] = ()
    ) -> Reply:
        return await self.ask("PATCH", path, body, files)

    async def put(self, path: str, body: object = None) -> Reply:
        return await self.ask("PUT", path, body)

    async def delete(self, path: str) -> Reply:
        return await self.ask("DELETE", path)


def _form(body: object, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body))
    for index, (name, data) in enumerate(files):
        form.add_field(
            f"files[{index}]",
            io.BytesIO(data),
            filename=name,
            content_type="application/octet-stream",
        )
    return form


class Socket:
    """A gateway connection that remembers the last sequence number."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.sequence: int | None = None
        self.session_id = ""

    async def next(self) -> Json:
        """Return the next frame."""
        frame: Json = await self._socket.receive_json(timeout=20)
        self.sequence = frame["s"] or self.sequence
        if frame["t"] == "READY":
            self.session_id = frame["d"]["session_id"]
        return frame

    async def event(self, name: str) -> Json:
        """Return the payload of the next dispatch of this name, passing others by."""
        while (frame := await self.next())["t"] != name:
            pass
        payload: Json = frame["d"]
        return payload

    async def frame(self, op: int) -> Json:
        """Return the next frame with this opcode, passing others by."""
        while (frame := await self.next())["op"] != op:
            pass
        return frame

    async def send(self, op: int, payload: object = None) -> None:
        await self._socket.send_json({"op": op, "d": payload})

    async def identify(self, token: str, intents: int = 1, **more: object) -> None:
        await self.send(2, {"token": token, "intents": intents, **more})

    async def resume(self, token: str, session_id: str, sequence: int | None) -> None:
        body = {"token": token, "session_id": session_id, "seq": sequence}
        await self.send(6, body)

    async def close_code(self) -> int | None:
        """Return the code the other side hung up with, once it has."""
        while not (await self._socket.receive(timeout=20)).type.name.startswith("CLOS"):
            pass
        return self._socket.close_code

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code=code)
