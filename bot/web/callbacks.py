"""The endpoint that EvoLink posts to. Answers every caller alike.

Never logs a path: the token is in it.
"""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import StorageError
from bot.evolink.parsing import task_id_in
from bot.ids import TaskId
from bot.pipeline.callback_addresses import PATH
from bot.pipeline.callbacks import CallbackDesk

_FRESH = {"Cache-Control": "no-store"}


class CallbackEndpoint:
    """POST only. What was posted is a hint at most."""

    def __init__(self, desk: CallbackDesk, counted: Callable[[str], None]) -> None:
        """`counted` is called for each post, with `taken`, `unknown` or `failed`."""
        self._desk = desk
        self._counted = counted

    def routes(self) -> list[web.RouteDef]:
        """Return the one address; any other method is not allowed there."""
        return [web.post(PATH + "{token}", self.heard)]

    async def heard(self, request: web.Request) -> web.Response:
        """Answer 200 if a job is woken, 404 to every unknown token alike.

        Nothing is waited for but the note in the database. A body that is too large is
        refused with 413 whatever the token; one that cannot be read is no hint. Where
        the database does not answer, 503.
        """
        hint = _hint(await _body(request))
        try:
            known = await self._desk.heard(request.match_info["token"], hint)
        except StorageError:
            # EvoLink may call again; else the task is asked about in its turn.
            self._counted("failed")
            return web.Response(status=503, text="not now\n", headers=_FRESH)
        self._counted("taken" if known else "unknown")
        if not known:
            return web.Response(status=404, text="unknown\n", headers=_FRESH)
        return web.Response(text="thanks\n", headers=_FRESH)


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
        # Cut short or not decodable. The sender may be gone.
        return b""


def _hint(body: bytes) -> TaskId | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    name = said.get("id") if isinstance(said, dict) else None
    return task_id_in(name) if isinstance(name, str) else None
