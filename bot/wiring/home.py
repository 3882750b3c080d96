"""Joins what makes a server the bot's home: greeting, presets, own defaults, `/about`.

Opens nothing. As with moderation, the client is handed in later, with `attach`.
"""

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

import bot
from bot.clock import Clock
from bot.config import Config
from bot.ids import GuildId
from bot.jobs.video import ModelProfile
from bot.quotas.status import QuotaStatuses
from bot.requests.about import About
from bot.requests.decision import AdmissionRules
from bot.requests.intake import Intake
from bot.requests.member_settings import MemberSettings
from bot.requests.presets import Presets
from bot.requests.video_orders import VideoOrders
from bot.servers.greeter import Greeter
from bot.servers.greetings import Greetings
from bot.texts.texts import Texts
from bot.wiring.moderation import ModerationParts
from bot.workers.worker import Worker
from cogs.servers.about import AboutCommand, BotInfo
from cogs.servers.member_settings import settings_commands
from cogs.servers.presets import preset_commands
from cogs.videos.video_command import video_command
from cogs.wire.system_channels import DiscordSystemChannels
from storage.database.engine import Database
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from storage.servers.greetings import SqlGreetings


class HomeParts:
    """All of it, on a database that is lent to it."""

    def __init__(
        self,
        config: Config,
        database: Database,
        clock: Clock,
        texts: Texts,
        *,
        profile: ModelProfile,
        rules: AdmissionRules,
    ) -> None:
        self._config = config
        self._clock = clock
        self._texts = texts
        self._profile = profile
        self._rules = rules
        self._settings = SqlMemberSettings(database)
        self._presets = SqlPresets(database)
        self._greetings = SqlGreetings(database)
        self._client: discord.Client | None = None
        self._greeter: Greeter | None = None

    def attach(self, client: discord.Client) -> None:
        """Look at Discord through this client from now on."""
        self._client = client

    def about(self, usage: QuotaStatuses, moderation: ModerationParts) -> commands.Cog:
        """Return `/about`."""
        operator = self._config.operator
        imprint = BotInfo(
            version=bot.__version__,
            privacy_url=operator.privacy_url,
            terms_url=operator.terms_url,
            support_url=operator.support_url,
        )
        about = About(
            usage,
            moderation.settings,
            moderation.channels,
            self._clock,
            is_served=self._rules.serves,
        )
        return AboutCommand(about, self._profile, imprint, self._texts)

    def slash_commands(
        self, intake: Intake
    ) -> Sequence[app_commands.Command[Any, ..., None] | app_commands.Group]:
        """Return `/video`, `/settings` and `/preset`."""
        profile, texts = self._profile, self._texts
        orders = VideoOrders(intake, self._settings, self._presets, profile)
        presets = Presets(self._presets, profile, self._clock)
        return [
            video_command(orders, presets, profile, texts),
            settings_commands(MemberSettings(self._settings, profile), profile, texts),
            preset_commands(presets, profile, texts),
        ]

    def workers(self) -> list[Worker]:
        """Return what goes on by itself."""
        channels = DiscordSystemChannels(self._attached, self._texts)
        self._greeter = Greeter(self._greetings, channels, self._clock)
        return [self._greeter]

    async def guilds_seen(self, present: Sequence[GuildId]) -> None:
        """Hear which servers the bot is in, and greet those that are new."""
        greetings = Greetings(
            self._greetings,
            self._clock,
            enabled=self._config.operator.greet,
            is_served=self._rules.serves,
            wake=self._wake,
        )
        await greetings.guilds_seen(present)

    def _wake(self) -> None:
        if self._greeter is not None:
            self._greeter.wake()

    def _attached(self) -> discord.Client:
        assert self._client is not None, "no client is attached yet"
        return self._client
