"""The bot as a discord.py client: which events it wants, and what they set off."""

import asyncio
import contextvars
import sys
from collections.abc import Callable, Sequence
from typing import Any

import discord
import structlog

from bot import deadline
from bot.counting import CountRequest
from bot.ids import GuildId
from bot.processes.shards import GatewayStatus, ShardLeases
from bot.texts.texts import Texts
from cogs.commands.error_answers import ErrorAnswers
from cogs.commands.registration import CommandRegistration
from cogs.commands.translator import CommandTranslator
from cogs.commands.tree import ANSWER_WITHIN_S, ClapperTree
from cogs.gateway.steady import SteadyBot
from cogs.private_api import without_voice
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.first_failure import first_failure
from cogs.wire.servers import Servers

log = structlog.get_logger(__name__)

LONGEST_RATE_LIMIT_S = 30.0
"""Longer waits are raised as errors: the caller knows better when to try again."""
SERVERS_KNOWN_AFTER_S = 2.0
"""A new session's servers are all known when Discord has sent no further one for so
long. It says nothing at their end."""
HANG_UP_WITHIN_S = 0.5
"""How long Discord's gateway may take to confirm the close."""
FINISH_WITHIN_S = 1.0
"""How long it may take to handle what came before. The process has ten seconds."""
_HANDLING = ("CommandTree-invoker", "discord.py: on_")
"""How discord.py's names begin of the tasks in which commands are answered, and events
handled."""


class ClapperBot(SteadyBot):
    """Takes commands and presses, in servers only; reads no messages.

    It begins with no features: they are added before it serves.
    """

    def __init__(
        self,
        texts: Texts,
        *,
        gateway_url: str | None,
        shard_count: int | None,
        leases: ShardLeases,
        gateway_changed: Callable[[GatewayStatus], None],
        count: CountRequest,
    ) -> None:
        self.wire = DiscordWire(self, count)
        """All requests to Discord that are counted."""
        self.servers = Servers(
            self,
            self.wire,
            knows=self._knows,
        )
        """Also those whose shard another process has."""
        self._answers = ErrorAnswers(texts, self.wire)
        without_voice()
        super().__init__(
            # None at all: we would not even be sent the messages.
            command_prefix=(),
            help_command=None,
            tree_cls=self._tree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=SERVERS_KNOWN_AFTER_S,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            http_trace=first_failure(),
            gateway_url=gateway_url,
            shard_count=shard_count,
            leases=leases,
        )
        self.registration = CommandRegistration(
            self.tree, CommandTranslator(texts), self.wire
        )
        """Has to be run for people to see the commands."""
        self._gateway_changed = gateway_changed
        self._shards_up: set[int] = set()
        self._was: GatewayStatus | None = None
        self._begun = False

    def server_name(self, guild_id: GuildId) -> str | None:
        """Return what a server calls itself; None = it is not known here."""
        guild = self.get_guild(guild_id)
        return None if guild is None else guild.name

    async def serve(self, token: str) -> None:
        """Log in and stay connected until the bot is closed.

        Raises:
            StartupError: If Discord refuses the token, or us for good.
        """
        self._begun = True
        await self.stay(token)

    async def close(self) -> None:
        """Disconnect from Discord, once earlier interactions are answered.

        A bot that never served has nothing to let go of, and no parts to do it with.
        """
        if not self._begun:
            return
        if not self.is_closed():
            await self._hang_up()
            await self._finish_handlers()
        await super().close()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - discord.py's signature
        """Begin what listens to an event; for a press, let it know that Discord waits.

        Commands learn it from their tree.
        """
        context = contextvars.copy_context()
        if event == "interaction":
            context.run(deadline.answer_within, ANSWER_WITHIN_S)
        context.run(super().dispatch, event, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore messages. There are no text commands, not even by mention."""

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note a new session."""
        self._shard_is(shard_id, up=True)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a session goes on."""
        self._shard_is(shard_id, up=True)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a connection broke."""
        self._shard_is(shard_id, up=False)

    def shards_changed(self) -> None:
        """Tell how this process stands with the gateway, if that has changed."""
        status = self._status()
        if status.connected or status.stands_by or self._was is not None:
            self._tell_gateway(status)

    def _status(self) -> GatewayStatus:
        held = self.held_shards
        return GatewayStatus(
            connected=bool(held) and held <= self._shards_up,
            held=held,
            count=self.known_shards.count,
            stands_by=self.stands_by,
        )

    def _tell_gateway(self, status: GatewayStatus) -> None:
        if status != self._was:
            self._was = status
            self._gateway_changed(status)

    async def on_error(self, event_method: str, /, *args: Any, **_: Any) -> None:  # noqa: ANN401 - discord.py's signature
        """Answer the interaction whose listener failed; log what else fails."""
        error = sys.exception()
        if error is not None and args and isinstance(args[0], discord.Interaction):
            await self._answers.answer(args[0], error)
        else:
            log.error("event handler failed", event_name=event_method, exc_info=error)

    def _knows(self, guild_id: GuildId) -> bool:
        return self.known_shards.cover(guild_id)

    async def _hang_up(self) -> None:
        leaving = asyncio.create_task(self.give_shards_away(), name="leave gateway")
        await _wait_or_cancel([leaving], within_s=HANG_UP_WITHIN_S)

    async def _finish_handlers(self) -> None:
        # A member whose request is cut off here hears of nothing before the next start;
        # and what an event set off would find the database closed.
        handlers = [
            one
            for one in asyncio.all_tasks() - {asyncio.current_task()}
            if one.get_name().startswith(_HANDLING)
        ]
        await _wait_or_cancel(handlers, within_s=FINISH_WITHIN_S)

    def _tree(self, client: discord.Client) -> ClapperTree:
        return ClapperTree(client, self._answers)

    def _shard_is(self, shard_id: int, *, up: bool) -> None:
        if up:
            self._shards_up.add(shard_id)
            self.shards_changed()
        else:
            self._shards_up.discard(shard_id)
            if shard_id in self.held_shards:
                self._tell_gateway(self._status())


async def _wait_or_cancel(
    tasks: Sequence[asyncio.Task[Any]], *, within_s: float
) -> None:
    """Wait for tasks, and end those that take longer."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=within_s)
    for one in late:
        one.cancel()
    if late:
        await asyncio.wait(late, timeout=within_s)
