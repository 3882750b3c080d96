"""Report: the button under a clip, and the entry in a message's context menu."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import discord
from discord import app_commands

from bot.errors import NotFound
from bot.ids import JobId
from bot.moderation.reports import Reports
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, JobPress, MessageKind, job_button, job_press
from cogs.moderation.reason_modal import ReasonModal, given_reason
from cogs.presses import Fields, Route, Routes
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
        await button.ask(interaction, _clip_in(interaction, message))

    return app_commands.ContextMenu(name="Report video", callback=report)


def _clip_in(interaction: discord.Interaction, message: discord.Message) -> JobId:
    """Return whose clip a message of ours is, by its buttons.

    Raises:
        NotFound: If it is no clip of ours.
    """
    if message.author.id == interaction.application_id or message.author == (
        interaction.client.user
    ):
        for custom_id in _custom_ids(message.components):
            press = job_press(custom_id)
            if press is not None and press.message_kind is MessageKind.CLIP:
                return press.job_id
    raise NotFound("not-found-clip")


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    """Return the custom_id of every part of a discord.py message that has one."""
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id is not None:
            yield custom_id
        yield from _custom_ids(getattr(component, "children", ()))
