"""`/moderation`: what admins set, and what moderators do."""

import asyncio
from collections.abc import Sequence

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.errors import MessengerError
from bot.ids import ChannelId, UserId
from bot.models.offer import Offer
from bot.moderation.administration import Change, Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.history import History
from bot.moderation.model_settings import ModelSettings
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.records import (
    PATTERN_MAX_CHARS,
    Applies,
    ModerationSettings,
    WordKind,
)
from bot.servers.audit import REASON_MAX_CHARS
from bot.texts.texts import Texts
from cogs.commands.choices import CHOICE_CHARS, MOST_CHOICES, menu
from cogs.drawing.custom_ids import HistoryPress, history_press
from cogs.drawing.markup import date_and_time, mention, shortened
from cogs.drawing.moderation_views import (
    channel_removed,
    channel_warnings,
    history_view,
    settings_view,
    words_view,
)
from cogs.moderation.models import models_command
from cogs.presses import Route, Routes
from cogs.wire.channels import DiscordChannels
from cogs.wire.exports import hand_out, most_bytes
from cogs.wire.places import actor_of

log = structlog.get_logger(__name__)

WARN_WITHIN_S = 5.0
"""So long the answer waits for what Discord says of the channels that are set."""


@app_commands.default_permissions(moderate_members=True)
class ModerationCommands(commands.GroupCog, group_name="moderation"):
    """Who may make what here, and what was done."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        moderation: Moderation,
        blocks: Blocks,
        history: History,
        channels: DiscordChannels,
        texts: Texts,
        *,
        models: ModelSettings,
        offer: Offer,
    ) -> None:
        super().__init__()
        self._offer = offer
        group = self.app_command
        assert isinstance(group, app_commands.Group)
        if offer.has_several:
            group.add_command(models_command(models, offer, self._show_settings))
        self._moderation = moderation
        self._blocks = blocks
        self._history = history
        self._channels = channels
        self._texts = texts

    def routes(self) -> Routes:
        """Return what turns the pages of the history."""
        return {
            "history": Route(read=history_press, on_press=self._turn, on_submit=None)
        }

    @app_commands.command()
    async def view(self, interaction: discord.Interaction) -> None:
        """Show all settings."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._moderation.view(actor_of(interaction))
        await self._show_settings(interaction, settings)

    @app_commands.command()
    @app_commands.choices(policy=menu("policy", SpicyPolicy))
    async def spicy(self, interaction: discord.Interaction, policy: str) -> None:
        """Decide about spicy videos."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._moderation.set_policy(
            actor_of(interaction), SpicyPolicy(policy)
        )
        await self._show_settings(interaction, settings)

    @app_commands.command()
    @app_commands.choices(policy=menu("pictures", PicturesPolicy))
    async def pictures(self, interaction: discord.Interaction, policy: str) -> None:
        """Decide whose pictures a video may begin with."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._moderation.set_pictures(
            actor_of(interaction), PicturesPolicy(policy)
        )
        await self._show_settings(interaction, settings)

    @app_commands.command(name="spicy-role")
    @app_commands.choices(action=menu("action", Change))
    async def spicy_role(
        self, interaction: discord.Interaction, action: str, role: discord.Role
    ) -> None:
        """Choose who may use spicy."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._moderation.change_role(
            actor_of(interaction), Change(action), role.id
        )
        await self._show_settings(interaction, settings)

    @app_commands.command()
    @app_commands.choices(purpose=menu("purpose", Purpose))
    async def channel(
        self,
        interaction: discord.Interaction,
        purpose: str,
        channel: discord.TextChannel | None = None,
    ) -> None:
        """Choose the review or the log channel."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor, chosen = actor_of(interaction), Purpose(purpose)
        before = await self._moderation.settings(actor)
        settings = await self._moderation.set_channel(
            actor, chosen, None if channel is None else ChannelId(channel.id)
        )
        locale = str(interaction.locale)
        removed = channel_removed(self._texts, locale, chosen, before, settings)
        await self._show_settings(interaction, settings, removed)

    @app_commands.command()
    @app_commands.choices(
        action=menu("action", Change),
        kind=menu("kind", WordKind),
        applies=menu("applies", Applies),
    )
    async def word(
        self,
        interaction: discord.Interaction,
        action: str,
        pattern: app_commands.Range[str, 1, PATTERN_MAX_CHARS],
        kind: str | None = None,
        applies: str | None = None,
    ) -> None:
        """Add or remove a word that no prompt may contain."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor = actor_of(interaction)
        if Change(action) is Change.ADD:
            rule = await self._moderation.completed(
                actor,
                pattern,
                None if kind is None else WordKind(kind),
                None if applies is None else Applies(applies),
            )
            settings = await self._moderation.add_word(actor, rule)
        else:
            settings = await self._moderation.remove_word(actor, pattern)
        await self._show_words(interaction, settings)

    @word.autocomplete("pattern")
    async def _patterns(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        if getattr(interaction.namespace, "action", None) != Change.REMOVE:
            return []
        settings = await self._moderation.settings(actor_of(interaction))
        # A choice's value is at most 100 characters: longer patterns are typed.
        fitting = [
            rule.pattern
            for rule in settings.words
            if typed.casefold() in rule.pattern.casefold()
            and len(rule.pattern) <= CHOICE_CHARS
        ]
        return [
            app_commands.Choice(name=shortened(one, CHOICE_CHARS) or "?", value=one)
            for one in fitting[:MOST_CHOICES]
        ]

    @app_commands.command()
    async def words(self, interaction: discord.Interaction) -> None:
        """List the words."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._moderation.view(actor_of(interaction))
        await self._show_words(interaction, settings)

    @app_commands.command()
    async def block(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        duration: str | None = None,
        reason: app_commands.Range[str, 1, REASON_MAX_CHARS] | None = None,
    ) -> None:
        """Block a member."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        block = await self._blocks.block(
            actor_of(interaction),
            UserId(member.id),
            duration=duration,
            reason=reason,
        )
        locale = str(interaction.locale)
        who = mention(block.user_id)
        if block.until is None:
            sentence = self._texts.say(locale, "blocked-member", member=who)
        else:
            sentence = self._texts.say(
                locale,
                "blocked-member-until",
                member=who,
                until=date_and_time(block.until),
            )
        await self._answer(interaction, sentence)

    @app_commands.command()
    async def unblock(
        self, interaction: discord.Interaction, member: discord.User
    ) -> None:
        """Lift a block."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        user_id = UserId(member.id)
        await self._blocks.unblock(actor_of(interaction), user_id)
        sentence = self._texts.say(
            str(interaction.locale), "unblocked-member", member=mention(user_id)
        )
        await self._answer(interaction, sentence)

    @app_commands.command()
    async def history(
        self, interaction: discord.Interaction, member: discord.User | None = None
    ) -> None:
        """Show what was done."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        whose = None if member is None else UserId(member.id)
        await self._show_history(interaction, whose, 1)

    @app_commands.command()
    async def export(
        self,
        interaction: discord.Interaction,
        days: app_commands.Range[int, 1, 365] = 90,
    ) -> None:
        """Hand out what was done as a table."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        files = await self._history.table(
            actor_of(interaction), days, most_bytes=most_bytes(interaction)
        )
        sentence = self._texts.say(str(interaction.locale), "history-table", days=days)
        await hand_out(interaction, self._texts, sentence, files)

    async def _turn(
        self, interaction: discord.Interaction, press: HistoryPress
    ) -> None:
        await interaction.response.defer()
        await self._show_history(interaction, press.member, press.page)

    async def _show_history(
        self, interaction: discord.Interaction, member: UserId | None, number: int
    ) -> None:
        page = await self._history.page(actor_of(interaction), member, number)
        view = history_view(self._texts, str(interaction.locale), page)
        await interaction.edit_original_response(view=view)

    async def _show_settings(
        self,
        interaction: discord.Interaction,
        settings: ModerationSettings,
        news: Sequence[str] = (),
    ) -> None:
        warnings = await self._warnings(interaction, settings)
        view = settings_view(
            self._texts,
            str(interaction.locale),
            settings,
            self._offer,
            [*news, *warnings],
        )
        await interaction.edit_original_response(view=view)

    async def _warnings(
        self, interaction: discord.Interaction, settings: ModerationSettings
    ) -> Sequence[str]:
        """Return what would not work; nothing, if Discord does not say in time.

        The settings are stored by now: that must not look as if they were not.
        """
        guild_id = actor_of(interaction).guild_id
        review, log_channel = settings.review_channel_id, settings.log_channel_id
        try:
            async with asyncio.timeout(WARN_WITHIN_S):
                return channel_warnings(
                    self._texts,
                    str(interaction.locale),
                    settings,
                    review_lacks=[]
                    if review is None
                    else await self._channels.lacks(guild_id, review),
                    review_restricted=review is not None
                    and await self._channels.seems_restricted(guild_id, review),
                    log_lacks=[]
                    if log_channel is None
                    else await self._channels.lacks(guild_id, log_channel),
                )
        except (MessengerError, TimeoutError) as error:
            log.info("settings shown without warnings", reason=str(error))
            return []

    async def _show_words(
        self, interaction: discord.Interaction, settings: ModerationSettings
    ) -> None:
        view = words_view(self._texts, str(interaction.locale), settings)
        await interaction.edit_original_response(view=view)

    async def _answer(self, interaction: discord.Interaction, sentence: str) -> None:
        await interaction.edit_original_response(content=sentence)
