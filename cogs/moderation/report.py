"""Report: the button under a clip, and the entry in a message's context menu."""

from collections.abc import Callable

import discord
from discord import app_commands

from bot.ids import JobId
from bot.moderation.reports import Reports
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, JobPress, MessageKind, job_button, job_press
from cogs.moderation.reason_modal import ReasonModal, given_reason
from cogs.presses import Fields, Route, Routes
from cogs.wire.clip_messages import clip_in
from cogs.wire.places import actor_of


class ReportButton:
    """Takes reports from everybody. Survives restarts."""

    def __init__(
        self, reports: Reports, texts: Texts, *, cards_changed: Callable[[], None]
    ) -> None:
        self._reports = reports
        self._texts = texts
        self._cards_changed = cards_changed

    def routes(self) -> Routes:
        """Return what answers the button and its modal."""
        route = Route(
            read=job_press, on_press=self._on_press, on_submit=self._on_submit
        )
        return {Act.REPORT: route}

    async def ask(self, interaction: discord.Interaction, job_id: JobId) -> None:
        """Put the modal before a member who wants to report a clip."""
        await self._reports.reportable(actor_of(interaction), job_id)
        locale = str(interaction.locale)
        await interaction.response.send_modal(
            ReasonModal(
                title=self._texts.say(locale, "modal-report-title"),
                label=self._texts.say(locale, "modal-report-reason"),
                custom_id=job_button(Act.REPORT, job_id, MessageKind.CLIP),
                required=True,
            )
        )

    async def _on_press(
        self, interaction: discord.Interaction, press: JobPress
    ) -> None:
        await self.ask(interaction, press.job_id)

    async def _on_submit(
        self, interaction: discord.Interaction, press: JobPress, sent: Fields
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        reason = given_reason(sent)
        await self._reports.report(actor_of(interaction), press.job_id, reason)
        self._cards_changed()
        sentence = self._texts.say(str(interaction.locale), "report-taken")
        await interaction.edit_original_response(content=sentence)


def report_menu(button: ReportButton) -> app_commands.ContextMenu:
    """Return the entry "Report video" for the menu of messages."""

    async def report(
        interaction: discord.Interaction, message: discord.Message
    ) -> None:
        await button.ask(interaction, clip_in(interaction, message))

    return app_commands.ContextMenu(name="Report video", callback=report)
