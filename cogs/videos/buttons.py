"""The buttons under our messages, and the modal that one of them opens.

They are answered from their custom_id alone. discord.py's dynamic items would do the
same for buttons, but not for modals, they hide errors, and they need globals to reach
a use case.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.domain.ids import MessageId
from bot.domain.jobs import Job
from bot.domain.people import Actor
from bot.domain.video import ModelProfile, VideoRequest
from bot.errors import NotFound
from bot.texts.texts import Texts
from bot.usecases.cancelling import Cancelling
from bot.usecases.clips import Clips
from bot.usecases.intake import Intake
from bot.usecases.listing import Listing
from bot.usecases.reports import Reports
from cogs.drawing.cancel_sheet import cancel_sheet
from cogs.drawing.custom_ids import Act, JobPress, PagePress, job_press, page_press
from cogs.drawing.layout import sentence_sheet
from cogs.drawing.list_page import page_sheet
from cogs.drawing.markup import member_name
from cogs.videos.edit_modal import EditModal, edited
from cogs.wire.acknowledgement import InteractionAcknowledgement
from cogs.wire.places import actor_of, asked_with


class Buttons(commands.Cog):
    """Cancel, Again, Edit, Delete, and the turning of pages. All survive restarts."""

    def __init__(  # noqa: PLR0913 - one use case for each kind of button
        self,
        intake: Intake,
        cancelling: Cancelling,
        clips: Clips,
        listing: Listing,
        reports: Reports,
        texts: Texts,
        *,
        profile: ModelProfile,
    ) -> None:
        super().__init__()
        self._profile = profile
        self._intake = intake
        self._cancelling = cancelling
        self._clips = clips
        self._listing = listing
        self._reports = reports
        self._texts = texts

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer presses and modals that are ours; leave everything else alone."""
        sent: dict[str, Any] = dict(interaction.data or {})
        custom_id = str(sent.get("custom_id", ""))
        press = job_press(custom_id) or page_press(custom_id)
        match interaction.type, press:
            case discord.InteractionType.component, JobPress():
                await self._pressed(interaction, press)
            case discord.InteractionType.component, PagePress():
                await self._turn(interaction, press)
            case discord.InteractionType.modal_submit, JobPress(act=Act.EDIT):
                await self._edited(interaction, press, sent.get("components", ()))
            case _:
                return

    async def _pressed(self, interaction: discord.Interaction, press: JobPress) -> None:
        match press.act:
            case Act.CANCEL:
                await self._cancel(interaction, press)
            case Act.CANCEL_CONFIRMED:
                await interaction.response.defer()
                await self._end(interaction, press, confirmed=True)
            case Act.KEEP:
                await self._keep(interaction)
            case Act.AGAIN:
                await self._again(interaction, press)
            case Act.EDIT:
                await self._edit(interaction, press)
            case Act.DELETE:
                await self._delete(interaction, press)
            case Act.REPORT:
                return  # answered by `cogs.moderation.report`

    async def _cancel(self, interaction: discord.Interaction, press: JobPress) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._end(interaction, press, confirmed=False)

    async def _end(
        self, interaction: discord.Interaction, press: JobPress, *, confirmed: bool
    ) -> None:
        actor = actor_of(interaction)
        outcome = await self._cancelling.cancel(
            press.job_id, actor, confirmed=confirmed
        )
        await interaction.edit_original_response(
            view=cancel_sheet(self._texts, str(interaction.locale), outcome, actor),
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _keep(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        sentence = self._texts.say(str(interaction.locale), "cancel-kept")
        await interaction.edit_original_response(view=sentence_sheet(sentence))

    async def _again(self, interaction: discord.Interaction, press: JobPress) -> None:
        actor = actor_of(interaction)
        request = await self._clips.again(press.job_id, actor)
        await self._ask(interaction, request)

    async def _edit(self, interaction: discord.Interaction, press: JobPress) -> None:
        actor = actor_of(interaction)
        request = await self._clips.settings_of(press.job_id, actor)
        modal = EditModal(
            self._texts,
            str(interaction.locale),
            press.job_id,
            press.bearer,
            request,
            self._profile,
        )
        await interaction.response.send_modal(modal)

    async def _edited(
        self,
        interaction: discord.Interaction,
        press: JobPress,
        components: Iterable[Mapping[str, Any]],
    ) -> None:
        actor = actor_of(interaction)
        request = await self._clips.settings_of(press.job_id, actor)
        await self._ask(interaction, edited(request, components))

    async def _ask(
        self, interaction: discord.Interaction, request: VideoRequest
    ) -> None:
        await self._intake.request(
            await asked_with(interaction, request),
            InteractionAcknowledgement(interaction, self._texts),
        )

    async def _delete(self, interaction: discord.Interaction, press: JobPress) -> None:
        # Seen by nobody, and it makes the pressed message the one to be deleted.
        await interaction.response.defer()
        job = await self._clips.to_delete(press.job_id, actor_of(interaction))
        message = interaction.message
        if message is None or job.clip_message_id not in {None, MessageId(message.id)}:
            raise NotFound("not-found-job")
        await interaction.delete_original_response()
        await self._reports.note_deleted(actor_of(interaction), job)
        await interaction.followup.send(
            self._deleted(str(interaction.locale), job, actor_of(interaction)),
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    def _deleted(self, locale: str, job: Job, actor: Actor) -> str:
        if job.late:
            return self._texts.say(locale, "deleted-free")
        if job.user_id == actor.user_id:
            return self._texts.say(locale, "deleted")
        member = member_name(self._texts, locale, job.user_id)
        return self._texts.say(locale, "deleted-of", member=member)

    async def _turn(self, interaction: discord.Interaction, press: PagePress) -> None:
        await interaction.response.defer()
        page = await self._listing.page(actor_of(interaction), press.status, press.page)
        sheet = page_sheet(self._texts, str(interaction.locale), page)
        await interaction.edit_original_response(view=sheet)
