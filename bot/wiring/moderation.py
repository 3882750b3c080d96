"""Joins the parts of moderation and privacy. Opens nothing.

Requests are checked before there is a client, which some of the parts look through: it
is handed in later, with `attach`.
"""

from collections.abc import Sequence
from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.config import Config
from bot.delivery.spool import Spool
from bot.ids import ChannelId, GuildId
from bot.jobs.store import JobListener, JobStore
from bot.moderation.administration import Moderation
from bot.moderation.blocks import Blocks
from bot.moderation.card_worker import Cards
from bot.moderation.guild_log import GuildLog
from bot.moderation.history import History
from bot.moderation.posting_policy import PostingPolicy
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.prompt_rules.lists import operator_rules
from bot.moderation.records import WordRule
from bot.moderation.reports import Reports
from bot.moderation.review import Review
from bot.moderation.review_clock import ReviewClock
from bot.privacy.own_data import Privacy
from bot.privacy.retention import Retention, RetentionPolicy
from bot.requests.moderation_gate import ModerationGate
from bot.texts.texts import Texts
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker
from cogs.moderation.commands import ModerationCommands
from cogs.moderation.report import ReportButton, report_menu
from cogs.moderation.review import CardButtons
from cogs.presses import Routes
from cogs.servers.privacy import PrivacyCommands
from cogs.wire.channels import DiscordChannels
from cogs.wire.moderator_board import DiscordCardBoard
from storage.database.engine import Database
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.cards import SqlCardStore
from storage.moderation.reports import SqlReportStore
from storage.moderation.store import SqlModerationStore
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.requests.reviews import SqlReviewStore


def rules_of(config: Config) -> tuple[WordRule, ...]:
    """Read the operator's lists of words.

    Raises:
        ConfigInvalid: If one cannot be read or used.
    """
    lists = config.moderation
    return operator_rules(lists.words_file, lists.spicy_words_file)


class ModerationParts:
    """All of moderation and privacy, on a database that is lent to it."""

    def __init__(  # noqa: PLR0913 - what the application has opened
        self,
        config: Config,
        database: Database,
        jobs: JobStore,
        clock: Clock,
        texts: Texts,
        *,
        listener: JobListener,
        spool: Spool,
        rules: Sequence[WordRule],
    ) -> None:
        operator_channel = config.operator.channel_id
        self._clock = clock
        self._jobs = jobs
        self._texts = texts
        self._keeping = RetentionPolicy(
            prompts=timedelta(days=config.privacy.prompt_days),
            audit=timedelta(days=config.privacy.audit_days),
            departed_guilds=timedelta(days=config.privacy.departed_guild_days),
        )
        self._client: discord.Client | None = None
        self._cards: Cards | None = None
        self._channels = DiscordChannels(self._attached)
        self._settings = SqlModerationStore(database)
        self._report_store = SqlReportStore(database)
        self._card_store = SqlCardStore(database)
        self._trail = SqlAuditTrail(database)
        self._retention = SqlRetentionStore(database)
        self._privacy = SqlPrivacyStore(database)
        self._blocks = Blocks(self._settings, clock)
        self._review = Review(
            jobs, SqlReviewStore(database, listener=listener), self._blocks, clock
        )
        self.gate = ModerationGate(PromptCheck(rules), self._channels)
        """What requests are held against."""
        self.posting_policy = PostingPolicy(self._settings, self._channels)
        """What clips are held against before they are posted."""
        self.reports = Reports(
            jobs,
            self._report_store,
            self._blocks,
            clock,
            spool_path=spool.path,
            operator_channel_id=None
            if operator_channel is None
            else ChannelId(operator_channel),
        )
        self._report_button = ReportButton(
            self.reports, texts, cards_changed=self._wake
        )

    def attach(self, client: discord.Client) -> None:
        """Look at Discord through this client from now on."""
        self._client = client

    def features(self) -> tuple[list[commands.Cog], list[Routes]]:
        """Return commands, beside the context menu, and what answers buttons."""
        moderation = ModerationCommands(
            Moderation(self._settings, self._clock),
            self._blocks,
            History(self._trail, self._clock),
            self._channels,
            self._texts,
        )
        privacy = PrivacyCommands(Privacy(self._privacy, self._clock), self._texts)
        cards = CardButtons(
            self._review, self.reports, self._texts, cards_changed=self._wake
        )
        return [moderation, privacy], [
            moderation.routes(),
            privacy.routes(),
            cards.routes(),
            self._report_button.routes(),
        ]

    def menu(self) -> app_commands.ContextMenu:
        """Return the entry in the menu of messages."""
        return report_menu(self._report_button)

    def workers(self, messages: EndpointLimit) -> list[Worker]:
        """Return what goes on by itself, once a client is attached.

        `messages` is the limit of new messages in Discord.
        """
        board = DiscordCardBoard(self._attached(), self._texts)
        self._cards = Cards(
            self._card_store,
            self._jobs,
            self._report_store,
            board,
            self._channels,
            self._clock,
            messages=messages,
        )
        return [
            self._cards,
            GuildLog(
                self._trail,
                self._jobs,
                board,
                self._channels,
                self._clock,
                messages=messages,
            ),
            ReviewClock(self._review),
            Retention(self._retention, self._clock, self._keeping),
        ]

    async def guild_left(self, guild_id: GuildId) -> None:
        """Note that a server has removed us: its data goes in time."""
        await self._retention.note_departed(guild_id, self._clock.now())

    async def guilds_seen(self, present: Sequence[GuildId]) -> None:
        """Note which servers we are in."""
        await self._retention.note_present(present, self._clock.now())

    @property
    def channels(self) -> DiscordChannels:
        """What Discord says of channels."""
        return self._channels

    @property
    def settings(self) -> SqlModerationStore:
        """What each server has set."""
        return self._settings

    def _wake(self) -> None:
        if self._cards is not None:
            self._cards.wake()

    def _attached(self) -> discord.Client:
        assert self._client is not None, "no client is attached yet"
        return self._client
