"""A server that says what a test tells it to say, over real HTTP."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

KEY = "sk-clapper-test-0123456789abcdef"
SUBMIT_KEY = "run_0123456789abcdef0123456789abcdef"
TASK_ID = "task-unified-1771000000-k3v9x2ab"


@dataclass(kw_only=True)
class Reply:
    status: int = 200
    body: Any = None
    """Bytes as they are, anything else as JSON."""
    headers: dict[str, str] = field(default_factory=dict)
    fault: Literal["silence", "cut before", "cut midway", "hang midway"] | None = None


@dataclass(kw_only=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class ScriptedEvolink:
    """Gives each request the next reply, and keeps the requests."""

    def __init__(self) -> None:
        self.base_url = ""
        self.requests: list[Seen] = []
        self._replies: deque[Reply] = deque()
        self.leaving = asyncio.Event()
        """Set when the test is over, so that silence ends with it."""

    def says(self, status: int, body: Any = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._replies.append(Reply(status=status, body=body, headers=named))

    def fails(
        self, fault: Literal["silence", "cut before", "cut midway", "hang midway"]
    ) -> None:
        self._replies.append(Reply(body={"half": "told"}, fault=fault))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.requests.append(
            Seen(
                method=request.method,
                path=request.path,
                headers={
                    name.lower(): value for name, value in request.headers.items()
                },
                body=_read(raw),
            )
        )
        reply = self._replies.popleft()
        body = reply.body
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if reply.fault is None:
            return web.Response(status=reply.status, body=data, headers=reply.headers)
        if reply.fault == "silence":
            await self.leaving.wait()
        if reply.fault in {"cut midway", "hang midway"}:
            started = web.StreamResponse(headers={"Content-Length": "1000"})
            await started.prepare(request)
            await started.write(data)
            if reply.fault == "hang midway":
                await self.leaving.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _read(raw: bytes) -> Any:
    """Return the JSON of a request, or the bytes of a form as they are."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw


def complaint(
    code: str, kind: str, *, words: str = "No.", **more: object
) -> dict[str, object]:
    """Return an error in the dialect of 2026."""
    return {"error": {"code": code, "message": words, "type": kind, **more}}


def old_complaint(
    status: int, kind: str, *, words: str = "No.", **more: object
) -> dict[str, object]:
    """Return an error in the dialect of 2025."""
    return {"error": {"code": status, "message": words, "type": kind, **more}}


def task_json(**changes: object) -> dict[str, object]:
    """Return a running task as EvoLink's pages show it."""
    return {
        "created": 1771000000,
        "id": TASK_ID,
        "model": "grok-imagine-text-to-video",
        "object": "video.generation.task",
        "progress": 40,
        "status": "processing",
        "task_info": {"can_cancel": True, "estimated_time": 120},
        "type": "video",
        **changes,
    }
