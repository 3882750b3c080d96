"""`/quota`: what admins set, grant and reset. Reports are in `report`."""

from collections.abc import Mapping

import discord
from discord import app_commands
from discord.ext import commands

from bot.ids import UserId
from bot.quotas.administration import MOST_DAYS, Quotas
from bot.quotas.limits import SERVER_KINDS, LimitKind, Scope
from bot.quotas.prices_shown import PricesShown
from bot.quotas.settings import MOST_GRANTED, Target
from bot.servers.audit import REASON_MAX_CHARS
from bot.servers.people import require_manager
from bot.servers.zones import matching_zones
from bot.texts.texts import Texts
from cogs.commands.choices import MOST_CHOICES, menu
from cogs.drawing.custom_ids import QuotaButton, quota_press
from cogs.drawing.layout import sentence_view
from cogs.drawing.markup import mention
from cogs.drawing.quota_views import (
    confirmation_view,
    guild_view,
    limits_line,
    member_view,
    target_name,
)
from cogs.presses import Route, Routes
from cogs.quotas.limit_options import Given, given_limits, limit_options
from cogs.quotas.report import QuotaReportAnswer
from cogs.quotas.targets import chosen_target, role_target
from cogs.wire.places import actor_of, role_ids_of
from cogs.wire.servers import Servers

_SETTABLE = (Scope.SERVER, Scope.MEMBERS, Scope.ROLE, Scope.MEMBER)


@app_commands.default_permissions(manage_guild=True)
class Quota(commands.GroupCog, group_name="quota"):
    """How much may be made here, and by whom."""

    def __init__(
        self,
        quotas: Quotas,
        reports: QuotaReportAnswer,
        texts: Texts,
        servers: Servers,
    ) -> None:
        super().__init__()
        self._servers = servers
        self._quotas = quotas
        self._reports = reports
        self._texts = texts

    def routes(self) -> Routes:
        """Return what answers the question whether to reset everybody's usage."""
        return {
            "quota": Route(read=quota_press, on_press=self._on_answer, on_submit=None)
        }

    @app_commands.command()
    async def view(
        self, interaction: discord.Interaction, member: discord.User | None = None
    ) -> None:
        """Show limits and usage."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor, locale = actor_of(interaction), str(interaction.locale)
        if member is None:
            summary = await self._quotas.view(actor)
            view = guild_view(self._texts, locale, summary)
        else:
            quota = await self._quotas.view_member(
                actor, UserId(member.id), role_ids_of(member)
            )
            view = member_view(self._texts, locale, quota)
        await interaction.edit_original_response(view=view)

    @app_commands.command()
    @limit_options(SERVER_KINDS)
    async def server(self, interaction: discord.Interaction, /, **given: Given) -> None:
        """Limit the whole server."""
        await self._set(interaction, Target(scope=Scope.SERVER), given)

    @app_commands.command()
    @limit_options(LimitKind)
    async def members(
        self, interaction: discord.Interaction, /, **given: Given
    ) -> None:
        """Limit each member."""
        await self._set(interaction, Target(scope=Scope.MEMBERS), given)

    @app_commands.command()
    @limit_options(LimitKind)
    async def role(
        self, interaction: discord.Interaction, /, role: discord.Role, **given: Given
    ) -> None:
        """Limit members with a role."""
        target = await role_target(interaction, role, self._servers)
        await self._set(interaction, target, given)

    @app_commands.command()
    @limit_options(LimitKind)
    async def member(
        self, interaction: discord.Interaction, /, member: discord.User, **given: Given
    ) -> None:
        """Limit one member."""
        target = Target(scope=Scope.MEMBER, subject_id=member.id)
        await self._set(interaction, target, given)

    @app_commands.command()
    @app_commands.choices(scope=menu("scope", _SETTABLE))
    async def clear(
        self,
        interaction: discord.Interaction,
        scope: str,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Remove limits."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        target = chosen_target(Scope(scope), role, member)
        await self._quotas.clear_limits(actor_of(interaction), target)
        is_default = target.scope in {Scope.SERVER, Scope.MEMBERS}
        text_id = "quota-cleared-default" if is_default else "quota-cleared"
        await self._say(interaction, text_id, target)

    @app_commands.command()
    async def grant(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        videos: app_commands.Range[int, -MOST_GRANTED, MOST_GRANTED],
        reason: app_commands.Range[str, 1, REASON_MAX_CHARS] | None = None,
    ) -> None:
        """Give a member videos beyond the limits."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        granted = await self._quotas.grant(
            actor_of(interaction), UserId(member.id), videos, reason
        )
        sentence = self._texts.say(
            str(interaction.locale),
            "quota-granted",
            member=mention(UserId(member.id)),
            before=granted.before,
            after=granted.after,
        )
        await interaction.edit_original_response(content=sentence)

    @app_commands.command()
    async def reset(
        self, interaction: discord.Interaction, member: discord.User | None = None
    ) -> None:
        """Set usage back to zero."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor, locale = actor_of(interaction), str(interaction.locale)
        if member is None:
            require_manager(actor)
            view = confirmation_view(self._texts, locale)
            await interaction.edit_original_response(view=view)
            return
        videos = await self._quotas.reset(actor, UserId(member.id))
        sentence = self._texts.say(
            locale,
            "quota-reset-member",
            member=mention(UserId(member.id)),
            count=videos,
        )
        await interaction.edit_original_response(content=sentence)

    @app_commands.command()
    async def timezone(
        self, interaction: discord.Interaction, zone: app_commands.Range[str, 1, 64]
    ) -> None:
        """Set the time zone of days and months."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        name = await self._quotas.set_zone(actor_of(interaction), zone)
        sentence = self._texts.say(str(interaction.locale), "quota-zone-set", zone=name)
        await interaction.edit_original_response(content=sentence)

    @timezone.autocomplete("zone")
    async def _zones(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        del interaction
        return [
            app_commands.Choice(name=name, value=name)
            for name in matching_zones(typed, MOST_CHOICES)
        ]

    @app_commands.command()
    @app_commands.choices(show=menu("prices", PricesShown))
    async def prices(self, interaction: discord.Interaction, show: str) -> None:
        """Choose who sees what videos cost."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        shown = PricesShown(show)
        await self._quotas.set_prices(actor_of(interaction), shown)
        sentence = self._texts.say(str(interaction.locale), f"quota-prices-set-{shown}")
        await interaction.edit_original_response(content=sentence)

    @app_commands.command()
    async def report(
        self,
        interaction: discord.Interaction,
        days: app_commands.Range[int, 1, MOST_DAYS] = 30,
    ) -> None:
        """Show who made how much."""
        await self._reports.answer(interaction, days)

    async def _on_answer(
        self, interaction: discord.Interaction, button: QuotaButton
    ) -> None:
        """Reset everybody's usage, or not; also after a restart."""
        await interaction.response.defer()
        locale = str(interaction.locale)
        if button is QuotaButton.KEEP_EVERYTHING:
            sentence = self._texts.say(locale, "quota-kept")
        else:
            videos = await self._quotas.reset(actor_of(interaction), None)
            sentence = self._texts.say(locale, "quota-reset-everybody", count=videos)
        await interaction.edit_original_response(view=sentence_view(sentence))

    async def _set(
        self,
        interaction: discord.Interaction,
        target: Target,
        given: Mapping[str, Given],
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        changed = await self._quotas.set_limits(
            actor_of(interaction), target, given_limits(given)
        )
        line = limits_line(self._texts, str(interaction.locale), changed.after)
        await self._say(interaction, "quota-changed", target, limits=line)

    async def _say(
        self,
        interaction: discord.Interaction,
        text_id: str,
        target: Target,
        **values: str,
    ) -> None:
        locale = str(interaction.locale)
        name = target_name(self._texts, locale, target)
        sentence = self._texts.say(locale, text_id, target=name, **values)
        await interaction.edit_original_response(content=sentence)
