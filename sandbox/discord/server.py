"""The stand-in as a whole: one server on loopback, and everything to play it with."""

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.discord.board import Posting
from sandbox.discord.cdn import EPHEMERAL_ROUTE, ROUTE
from sandbox.discord.commands import Command
from sandbox.discord.config import SandboxConfig
from sandbox.discord.connection import CloseCode
from sandbox.discord.drafting import Upload
from sandbox.discord.feed import Change
from sandbox.discord.invocation import File
from sandbox.discord.messages import Message
from sandbox.discord.parts import Parts
from sandbox.discord.records import MIB, Channel, User
from sandbox.discord.traffic import RequestRecord, Violation
from sandbox.discord.wire import Json

_PATIENCE_S = 60.0
_LARGEST_JSON_BYTES = 64 * MIB
_SHUTDOWN_S = 1.0


class DiscordSandbox:
    """A Discord of one's own, to be used as `async with DiscordSandbox() as discord`.

    When the block ends, everything is closed, and an error inside the stand-in that
    was met meanwhile is raised: a test that met one proves nothing.
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self._parts = parts = Parts(self.config)
        self._runner: web.AppRunner | None = None
        self.clock = parts.clock
        self.world = parts.world
        self.commands = parts.commands
        self.interactions = parts.interactions
        self.gateway = parts.gateway
        self.faults = parts.faults
        self.limiter = parts.limiter
        self.feed = parts.feed
        self.cdn = parts.cdn
        # What people can do. See `Actors`.
        self.slash = parts.actors.slash
        self.autocomplete = parts.actors.autocomplete
        self.context_menu = parts.actors.context_menu
        self.press = parts.actors.press
        self.choose = parts.actors.choose
        self.submit_modal = parts.actors.submit_modal

    # ---- life ----------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_JSON_BYTES)
        app.router.add_route(
            "*", "/api/v{version:9|10}/{path:.*}", self._parts.front.serve
        )
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        for route in (ROUTE, EPHEMERAL_ROUTE):
            app.router.add_get(route, self._parts.cdn.serve)
        listening = socket.create_server((self.config.host, self.config.port))
        port = listening.getsockname()[1]
        self._parts.cdn.base_url = f"http://{self.config.host}:{port}"
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
        await self.close()
        if error is None and self._parts.front.crashes:
            msg = "the stand-in itself failed while it was used"
            raise ExceptionGroup(msg, self._parts.front.crashes)

    async def close(self) -> None:
        """Hang up on everybody and stop listening; what happened stays readable."""
        self.faults.clear()
        self.gateway.accepts = False
        self.gateway.drop(CloseCode.GOING_AWAY)
        await self._parts.stop_watching()
        self.feed.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # ---- where it is ---------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address of the server, without a path."""
        return self._parts.cdn.base_url

    @property
    def rest_url(self) -> str:
        """The base of the REST API: http://127.0.0.1:PORT/api/v10."""
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The address of the gateway: ws://127.0.0.1:PORT/gateway."""
        return self._parts.gateway_url

    @property
    def application_flags(self) -> int:
        """What is marked on the bot's application just now."""
        return int(self._parts.flags())

    # ---- what happened -------------------------------------------------------------

    @property
    def requests(self) -> list[RequestRecord]:
        """The latest REST requests, oldest first."""
        return list(self._parts.traffic.requests)

    def requests_to(self, method: str, path: str) -> list[RequestRecord]:
        """Return those with a method and a path, a regular expression for all of it."""
        return self._parts.traffic.matching(method, path)

    @property
    def violations(self) -> list[Violation]:
        """The requests that no correct client sends; a test wants none."""
        return self._parts.traffic.violations

    def subscribe(self) -> AbstractContextManager[AsyncIterator[Change]]:
        """Lend an iterator over everything that happens from now on."""
        return self.feed.subscribe()

    def messages(self, channel: Channel) -> list[Message]:
        """Return a channel's messages, oldest first.

        Ephemeral ones are among them, marked with who sees them.
        """
        return [one for one in self._parts.board.all_in(channel) if not one.deleted]

    def all_messages(self, channel: Channel) -> list[Message]:
        """Return every message ever posted in a channel, oldest first."""
        return self._parts.board.all_in(channel)

    def find_message(self, message_id: int) -> Message | None:
        """Return a message that is there; None if it is not or no more."""
        return self._parts.board.find(message_id)

    def payload(self, message: Message) -> Json:
        """Return a message as Discord's JSON, with links to its files."""
        return self._parts.board.full_payload(message)

    def offered(self, user: User, channel: Channel) -> list[Command]:
        """Return the commands of every kind that somebody finds in a place."""
        return self._parts.client_checks.offered(user, channel)

    # ---- waiting -------------------------------------------------------------------

    async def wait_until(
        self, condition: Callable[[], bool], timeout_s: float = _PATIENCE_S
    ) -> None:
        """Return as soon as a condition holds.

        Raises:
            TimeoutError: If it does not within `timeout_s` real seconds.
        """
        await self.feed.wait_until(condition, timeout_s)

    async def wait_ready(
        self, commands: Sequence[str] = (), timeout_s: float = _PATIENCE_S
    ) -> None:
        """Return as soon as a bot is connected and has registered these commands.

        Raises:
            TimeoutError: If none is within `timeout_s` real seconds.
        """
        guild_ids = (None, *self.world.guilds)

        def ready() -> bool:
            known = {
                command.name
                for guild_id in guild_ids
                for command in self.commands.within(guild_id)
            }
            return self.gateway.is_ready and known.issuperset(commands)

        await self.wait_until(ready, timeout_s)

    async def wait_for_message(
        self,
        channel: Channel,
        accept: Callable[[Message], bool],
        timeout_s: float = _PATIENCE_S,
    ) -> Message:
        """Return the first message of a channel that is acceptable, once it is there.

        Raises:
            TimeoutError: If there is none within `timeout_s` real seconds.
        """
        found: list[Message] = []

        def there() -> bool:
            found[:] = [one for one in self.messages(channel) if accept(one)]
            return bool(found)

        await self.wait_until(there, timeout_s)
        return found[0]

    # ---- what people do ------------------------------------------------------------

    def say(
        self, user: User, channel: Channel, text: str, files: Sequence[File] = ()
    ) -> Message:
        """Let somebody write a message, with files of theirs.

        Raises:
            ClientRefused: If a file is larger than they may upload there.
        """
        for file in files:
            self._parts.check_upload(user, channel, file)
        uploads = [
            Upload(index=index, filename=file.name, data=file.data)
            for index, file in enumerate(files)
        ]
        posting = Posting(
            author=user,
            channel=channel,
            body={"content": text},
            uploads=uploads,
            limit_bytes=self._parts.upload_limit_bytes(user, channel),
        )
        return self._parts.board.post(posting)

    def let_bot_say(
        self, channel: Channel, body: Json, uploads: Sequence[Upload] = ()
    ) -> Message:
        """Post a message as the bot.

        Raises:
            ApiError: If Discord would not take it; nothing happened then.
        """
        posting = Posting(
            author=self.world.bot,
            channel=channel,
            body=body,
            uploads=uploads,
            limit_bytes=self._parts.access.upload_limit_bytes(channel),
        )
        return self._parts.board.post(posting)

    def delete_message(self, message: Message) -> None:
        """Let somebody who may do so delete a message."""
        self._parts.board.delete(message)
