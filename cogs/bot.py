"""The bot as a discord.py client: which events it wants, and what they set off."""

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot import deadline
from bot.errors import StorageError
from bot.ids import GuildId
from bot.texts.texts import Texts
from cogs.commands import registration
from cogs.commands.error_answers import ErrorAnswers
from cogs.commands.translator import CommandTranslator
from cogs.commands.tree import ANSWER_WITHIN_S, ClapperTree
from cogs.gateway.steady import SteadyBot
from cogs.private_api import without_voice
from cogs.wire.first_failure import first_failure

log = structlog.get_logger(__name__)

LONGEST_RATE_LIMIT_S = 30.0
"""Longer waits are raised as errors: the caller knows better when to try again."""
TELL_AGAIN_S = 2.0
"""Between two attempts to tell of servers while the database takes nothing."""
HANG_UP_WITHIN_S = 0.5
"""How long Discord's gateway may take to agree that we go."""
FINISH_WITHIN_S = 1.0
"""How long the answers to what came before may take. The process has ten seconds."""
_TYPED = frozenset({"prompt"})
"""A broken prompt has a sentence of its own."""
_ANSWERING = frozenset({"CommandTree-invoker", "discord.py: on_interaction"})
"""discord.py's names of the tasks in which commands and presses are answered."""


class ClapperBot(SteadyBot):
    """Takes commands and presses, in servers only; reads no messages."""

    def __init__(  # noqa: PLR0913 - what it offers, and whom it tells
        self,
        texts: Texts,
        *,
        features: Sequence[commands.Cog],
        slash_commands: Sequence[
            app_commands.Command[Any, ..., Any]
            | app_commands.Group
            | app_commands.ContextMenu
        ] = (),
        gateway_url: str | None,
        guild_left: Callable[[GuildId], Awaitable[None]],
        guilds_seen: Callable[[Sequence[GuildId]], Awaitable[None]],
        gateway_changed: Callable[[bool], None],
    ) -> None:
        self._answers = ErrorAnswers(texts)
        without_voice()
        super().__init__(
            # None at all: we would not even be sent the messages.
            command_prefix=(),
            help_command=None,
            tree_cls=self._tree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            http_trace=first_failure(),
            gateway_url=gateway_url,
            typed=_TYPED,
        )
        self._texts = texts
        self._features = features
        self._slash_commands = slash_commands
        self._guild_left = guild_left
        self._guilds_seen = guilds_seen
        self._told_guilds: set[GuildId] = set()
        self._gateway_changed = gateway_changed
        self._shards_down: set[int] = set()
        self._begun = False

    async def serve(self, token: str) -> None:
        """Log in and stay connected until the bot is closed.

        Raises:
            StartupError: If Discord refuses the token, or us for good.
        """
        self._begun = True
        for feature in self._features:
            await self.add_cog(feature)
        for command in self._slash_commands:
            self.tree.add_command(command)
        await self.stay(token)

    async def close(self) -> None:
        """Let go of Discord, once what came before is answered; nothing more comes.

        A bot that never served has nothing to let go of, and no parts to do it with.
        One whose connection failed stays, for its HTTP client serves others too.
        """
        if not self._begun or self.gives_up:
            return
        if not self.is_closed():
            await self._hang_up()
            await self._finish_answers()
        await super().close()

    async def setup_hook(self) -> None:
        """Publish what people can use. Called after logging in."""
        await registration.publish(self.tree, CommandTranslator(self._texts))

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

    async def on_ready(self) -> None:
        """Tell in which servers we are, also those that are unavailable just now."""
        await self._tell_guilds()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Tell that a server has added us, perhaps again."""
        log.info("server joined", guild_id=guild.id)
        await self._tell_guilds()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Tell of a server that added us while Discord called that something else."""
        if self.is_ready() and guild.id not in self._told_guilds:
            await self._tell_guilds()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Tell that a server has removed us; an outage of a server is not one."""
        log.info("server left", guild_id=guild.id)
        guild_id = GuildId(guild.id)
        self._told_guilds.discard(guild_id)

        async def tell() -> None:
            if self.get_guild(guild_id) is None:  # else it has added us again meanwhile
                await self._guild_left(guild_id)

        await self._until_stored(tell)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note a new session."""
        self._shard_is(shard_id, up=True)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a session goes on."""
        self._shard_is(shard_id, up=True)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a connection broke."""
        self._shard_is(shard_id, up=False)

    def gateway_lost(self) -> None:
        """Note that no shard is connected."""
        self._shards_down.clear()
        self._gateway_changed(False)  # noqa: FBT003 - its one argument

    async def on_error(self, event_method: str, /, *args: Any, **_: Any) -> None:  # noqa: ANN401 - discord.py's signature
        """Answer the interaction whose listener failed; log what else fails."""
        error = sys.exception()
        if error is not None and args and isinstance(args[0], discord.Interaction):
            await self._answers.answer(args[0], error)
        else:
            log.error("event failed", event_name=event_method, exc_info=error)

    async def _hang_up(self) -> None:
        shards = [one for one in self.shards.values() if not one.is_closed()]
        leaving = [asyncio.create_task(one.disconnect()) for one in shards]
        await _wait_or_cancel(leaving, within_s=HANG_UP_WITHIN_S)

    async def _finish_answers(self) -> None:
        # A member whose request is cut off here hears of nothing before the next life.
        answers = [one for one in asyncio.all_tasks() if one.get_name() in _ANSWERING]
        await _wait_or_cancel(answers, within_s=FINISH_WITHIN_S)

    async def _tell_guilds(self) -> None:
        async def tell() -> None:
            self._told_guilds = {GuildId(guild.id) for guild in self.guilds}
            await self._guilds_seen(sorted(self._told_guilds))

        await self._until_stored(tell)

    async def _until_stored(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Tell what Discord will not tell again, as soon as the database takes it."""
        # Events come with the end, too: nobody listens any more then.
        while not self.is_closed():
            try:
                await tell()
            except StorageError as error:
                log.debug("event waits for the database", reason=str(error))
                await asyncio.sleep(TELL_AGAIN_S)
                await self._until_known()
            else:
                return

    async def _until_known(self) -> None:
        """Wait until we know in which servers we are; between sessions we do not."""
        while not (self.is_ready() or self.is_closed()):  # noqa: ASYNC110 - two events
            await asyncio.sleep(TELL_AGAIN_S)

    def _tree(self, client: discord.Client) -> ClapperTree:
        return ClapperTree(client, self._answers)

    def _shard_is(self, shard_id: int, *, up: bool) -> None:
        if up:
            self._shards_down.discard(shard_id)
        else:
            self._shards_down.add(shard_id)
        self._gateway_changed(not self._shards_down)


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
