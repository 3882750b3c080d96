"""What happens, told to an open page as it happens (server-sent events)."""

import json
from collections.abc import Callable

from aiohttp import web

from sandbox.discord.feed import Change, ChangeKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.wire import Json
from sandbox.page.drawing import Drawing
from sandbox.page.sight import Sight

_MESSAGES = frozenset({ChangeKind.MESSAGE_CREATED, ChangeKind.MESSAGE_EDITED})
_GATEWAY = frozenset(
    {
        ChangeKind.GATEWAY_CONNECTED,
        ChangeKind.GATEWAY_READY,
        ChangeKind.GATEWAY_CLOSED,
    }
)


class Stream:
    """One open page's news, for the person it shows."""

    def __init__(
        self, discord: DiscordSandbox, sight: Sight, bot_state: Callable[[], Json]
    ) -> None:
        self._discord = discord
        self._sight = sight
        self._drawing = Drawing(discord, sight)
        self._bot_state = bot_state

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Tell the page of everything until it leaves or the stand-in closes."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with self._discord.subscribe() as changes:
            await response.prepare(request)
            # From here on the page misses nothing, so it may load its state now.
            await response.write(_event("open", {}))
            try:
                async for change in changes:
                    for name, told in self.told(change):
                        await response.write(_event(name, told))
            except ConnectionError:
                return response  # the page was closed
        return response

    def told(self, change: Change) -> list[tuple[str, Json]]:
        """Return what a change means to this person; often nothing."""
        if change.kind in _MESSAGES:
            message = self._discord.find_message(change.message_id or 0)
            if message is None or not self._sight.sees(message):
                return []
            return [("message", self._drawing.message(message))]
        if change.kind is ChangeKind.MESSAGE_DELETED:
            ids = {"id": str(change.message_id), "channel_id": str(change.channel_id)}
            return [("gone", ids)]
        if change.kind in _GATEWAY:
            return [("bot", self._bot_state())]
        if change.kind is ChangeKind.COMMANDS_CHANGED:
            return [("commands", {})]
        return []


def _event(name: str, told: Json) -> bytes:
    # JSON holds no line breaks, so one line of data is enough.
    return f"event: {name}\ndata: {json.dumps(told)}\n\n".encode()
