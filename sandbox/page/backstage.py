"""The drawer's server side: requests, troubles, speed, and the life of the bot."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.wire import Json
from sandbox.evolink import EvolinkSandbox
from sandbox.page.overheard import Overheard
from sandbox.page.troubles import FATES, ONCE, Troubles

SPEEDS = (0.1, 1000.0)
_LOG_CHARS = 40_000


class Bot(Protocol):
    """The bot as a process."""

    @property
    def running(self) -> bool: ...  # noqa: D102 - whether it lives

    async def start(self) -> None: ...  # noqa: D102 - begin a life, if it has none
    async def kill(self) -> int: ...  # noqa: D102 - end it without a warning
    def log(self) -> str: ...  # noqa: D102 - all that it has logged


class Pace:
    """How fast clips are made; may be changed at any time, for clips to come."""

    def __init__(self, *, usual_s: float, speed: float = 1.0) -> None:
        """Keep the pace: a clip takes `usual_s` seconds at speed 1."""
        self._usual_s = usual_s
        self.speed = speed

    def total_s(self) -> float:
        """Return how long a clip takes that is begun now."""
        return max(1.0, self._usual_s / self.speed)

    def estimated_time_s(self) -> int:
        """Return what is promised for it."""
        return round(self.total_s())


class Backstage:
    """Serves requests, logs and switches for faults."""

    def __init__(
        self, discord: DiscordSandbox, evolink: EvolinkSandbox, bot: Bot, pace: Pace
    ) -> None:
        self._discord = discord
        self._bot = bot
        self._pace = pace
        self._troubles = Troubles(discord, evolink)
        self._overheard = Overheard(discord, evolink)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        actions: dict[str, Callable[[Json], Awaitable[None]]] = {
            "/api/backstage/switch": self._switch,
            "/api/backstage/once": self._once,
            "/api/backstage/doom": self._doom,
            "/api/backstage/speed": self._speed,
            "/api/backstage/bot": self._command_bot,
        }
        return [
            web.get("/api/backstage", self._look),
            web.get("/api/backstage/requests", self._requests),
            web.get("/api/backstage/requests/{key}", self._request),
            web.get("/api/backstage/log", self._log),
            *(
                web.post(path, self._answering(action))
                for path, action in actions.items()
            ),
        ]

    def bot_state(self) -> Json:
        """Return whether the bot lives, and whether Discord hears of it."""
        return {"running": self._bot.running, "ready": self._discord.gateway.is_ready}

    def state(self) -> Json:
        """Return everything that can be set, as it is."""
        return {
            "bot": self.bot_state(),
            "speed": self._pace.speed,
            "switches": self._troubles.switches,
            "once": list(ONCE),
            "fates": list(FATES),
        }

    def _answering(
        self, action: Callable[[Json], Awaitable[None]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                await action(await request.json())
            except (KeyError, TypeError, ValueError) as error:
                raise web.HTTPBadRequest(text="There is no such thing.") from error
            return web.json_response(self.state())

        return answer

    async def _look(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state())

    async def _requests(self, _request: web.Request) -> web.Response:
        return web.json_response(self._overheard.latest())

    async def _request(self, request: web.Request) -> web.Response:
        found = self._overheard.detail(request.match_info["key"])
        if found is None:
            raise web.HTTPNotFound
        return web.json_response(found)

    async def _log(self, _request: web.Request) -> web.Response:
        return web.Response(text=_last_lines(self._bot.log(), _LOG_CHARS))

    async def _switch(self, body: Json) -> None:
        self._troubles.switch(body["key"], on=bool(body["on"]))

    async def _once(self, body: Json) -> None:
        self._troubles.once(body["key"])

    async def _doom(self, body: Json) -> None:
        self._troubles.doom(body["fate"])

    async def _speed(self, body: Json) -> None:
        least, most = SPEEDS
        self._pace.speed = min(max(float(body["speed"]), least), most)

    async def _command_bot(self, body: Json) -> None:
        match body["do"]:
            case "kill":
                await self._bot.kill()
            case "start":
                await self._bot.start()
            case _:
                raise KeyError(body["do"])


def _last_lines(text: str, most_chars: int) -> str:
    """Return as many whole lines as fit, the last ones."""
    if len(text) <= most_chars:
        return text
    before, kept = text[:-most_chars], text[-most_chars:]
    return kept if before.endswith("\n") else kept.partition("\n")[2]
