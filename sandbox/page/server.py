"""The page as a server on loopback, from `async with` to its end."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.discord.cdn import ROUTE
from sandbox.discord.records import User
from sandbox.discord.server import DiscordSandbox
from sandbox.evolink import EvolinkSandbox
from sandbox.page.actions import PageActions
from sandbox.page.backstage import Backstage, Bot, Pace
from sandbox.page.drawing import Drawing
from sandbox.page.guard import Guard
from sandbox.page.sight import Sight
from sandbox.page.stream import Stream

STATIC = Path(__file__).parent / "static"
_LOOPBACK = "127.0.0.1"
_LARGEST_BODY_BYTES = 32 * 2**20
_SHUTDOWN_S = 0.2
_SHOWN_IN_PLACE = ("video/", "image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageConfig:
    """What the page shows, and where."""

    people: Sequence[User]
    """Those one can be; the first is who one is at the beginning."""
    languages: Sequence[str]
    """Those one can speak, by Discord's names: what the bot has texts in."""
    pace: Pace
    port: int = 0
    """0 takes a free one."""


class Page:
    """The page between two open stand-ins and a bot. Closes before they do."""

    def __init__(
        self,
        discord: DiscordSandbox,
        evolink: EvolinkSandbox,
        bot: Bot,
        config: PageConfig,
    ) -> None:
        self._discord = discord
        self._config = config
        self._guard = Guard()
        self._deeds = PageActions(discord, config.people, config.languages)
        self._backstage = Backstage(discord, evolink, bot, config.pace)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{_LOOPBACK}:{self._port}/"

    async def __aenter__(self) -> Self:
        app = web.Application(
            middlewares=[self._guard.admit], client_max_size=_LARGEST_BODY_BYTES
        )
        app.add_routes(self._routes())
        # The port is bound first: a page that opens knows its own name already.
        listening = socket.create_server((_LOOPBACK, self._config.port))
        self._port = listening.getsockname()[1]
        self._guard.hosts = frozenset(
            f"{name}:{self._port}" for name in (_LOOPBACK, "localhost")
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._index),
            web.static("/static", STATIC),
            web.get(ROUTE, self._file),
            web.get("/api/world", self._world),
            web.get("/api/channels/{channel}", self._channel),
            web.get("/api/events", self._events),
            *self._deeds.routes(),
            *self._backstage.routes(),
        ]

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Serve a file of a message from the page's own address, harmlessly."""
        response = await self._discord.cdn.serve(request)
        # A stranger's page, served from here, would be a page of ours.
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        if not response.content_type.startswith(_SHOWN_IN_PLACE):
            response.headers["Content-Disposition"] = "attachment"
        return response

    async def _world(self, request: web.Request) -> web.Response:
        sight = self._sight(request)
        world = sight.world(self._config.people)
        languages = list(self._config.languages)
        bot = self._backstage.bot_state()
        return web.json_response(world | {"languages": languages, "bot": bot})

    async def _channel(self, request: web.Request) -> web.Response:
        sight = self._sight(request)
        channel = self._deeds.channel(request, sight.viewer)
        drawing = Drawing(self._discord, sight)
        messages = [
            drawing.message(one)
            for one in self._discord.messages(channel)
            if sight.sees(one)
        ]
        return web.json_response(sight.channel(channel) | {"messages": messages})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        sight = self._sight(request)
        stream = Stream(self._discord, sight, self._backstage.bot_state)
        return await stream.serve(request)

    def _sight(self, request: web.Request) -> Sight:
        """Return the view of the person named by `as`, else of the first."""
        named = request.query.get("as")
        people = self._config.people
        viewer = self._deeds.person(named) if named else people[0]
        return Sight(self._discord, viewer)
