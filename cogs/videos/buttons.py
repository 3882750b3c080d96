"""The buttons under status messages and clips, and the modal that one opens."""

from dataclasses import replace

import discord

from bot.errors import NotFound, Refused
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.moderation.reports import Reports
from bot.pictures.source import PictureSource
from bot.requests.cancelling import Cancelling
from bot.requests.clips import Clips
from bot.requests.intake import Intake
from bot.requests.server_offers import ServerOffers
from bot.servers.people import Actor
from bot.texts.texts import Texts
from cogs.drawing.cancel_view import cancel_view
from cogs.drawing.custom_ids import Act, JobPress, job_press
from cogs.drawing.layout import sentence_view
from cogs.drawing.markup import member_name
from cogs.presses import Fields, Route, Routes
from cogs.videos.edit_modal import EditModal, edited
from cogs.videos.request_modal import PICTURE
from cogs.wire.acknowledgement import InteractionAcknowledgement
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.pictures import (
    DiscordPictures,
    as_json,
    shown_picture,
    uploaded,
)
from cogs.wire.places import actor_of, incoming_request
from cogs.wire.servers import Servers


class JobButtons:
    """Cancel, Again, Edit and Delete, on status messages and clips."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        intake: Intake,
        cancelling: Cancelling,
        clips: Clips,
        reports: Reports,
        texts: Texts,
        *,
        offers: ServerOffers,
        pictures: DiscordPictures,
        wire: DiscordWire,
        servers: Servers,
    ) -> None:
        self._wire = wire
        self._servers = servers
        self._offers = offers
        self._pictures = pictures
        self._intake = intake
        self._cancelling = cancelling
        self._clips = clips
        self._reports = reports
        self._texts = texts

    def routes(self) -> Routes:
        """Return what answers each of them."""
        return {
            Act.CANCEL: Route(read=job_press, on_press=self._cancel, on_submit=None),
            Act.CANCEL_CONFIRMED: Route(
                read=job_press, on_press=self._cancel_confirmed, on_submit=None
            ),
            Act.KEEP: Route(read=job_press, on_press=self._keep, on_submit=None),
            Act.AGAIN: Route(read=job_press, on_press=self._again, on_submit=None),
            Act.EDIT: Route(
                read=job_press, on_press=self._edit, on_submit=self._on_submit
            ),
            Act.DELETE: Route(read=job_press, on_press=self._delete, on_submit=None),
        }

    async def _cancel(self, interaction: discord.Interaction, press: JobPress) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._end(interaction, press, confirmed=False)

    async def _cancel_confirmed(
        self, interaction: discord.Interaction, press: JobPress
    ) -> None:
        await interaction.response.defer()
        await self._end(interaction, press, confirmed=True)

    async def _end(
        self, interaction: discord.Interaction, press: JobPress, *, confirmed: bool
    ) -> None:
        actor = actor_of(interaction)
        outcome = await self._cancelling.cancel(
            press.job_id, actor, confirmed=confirmed
        )
        await interaction.edit_original_response(
            view=cancel_view(self._texts, str(interaction.locale), outcome, actor),
        )

    async def _keep(self, interaction: discord.Interaction, _: JobPress) -> None:
        await interaction.response.defer()
        sentence = self._texts.say(str(interaction.locale), "cancel-kept")
        await interaction.edit_original_response(view=sentence_view(sentence))

    async def _again(self, interaction: discord.Interaction, press: JobPress) -> None:
        actor = actor_of(interaction)
        request = await self._clips.again(press.job_id, actor)
        picture = self._picture_beside(interaction, request)
        await self._ask(interaction, request, picture)

    async def _edit(self, interaction: discord.Interaction, press: JobPress) -> None:
        actor = actor_of(interaction)
        request = await self._clips.settings_of(press.job_id, actor)
        modal = EditModal(
            self._texts,
            str(interaction.locale),
            press.job_id,
            press.message_kind,
            request,
            await self._offers.of(actor.guild_id),
        )
        await interaction.response.send_modal(modal)

    async def _on_submit(
        self,
        interaction: discord.Interaction,
        press: JobPress,
        fields: Fields,
    ) -> None:
        actor = actor_of(interaction)
        offer = await self._offers.of(actor.guild_id)
        request = edited(
            await self._clips.settings_of(press.job_id, actor), fields, offer
        )
        file = uploaded(dict(interaction.data or {}), fields.get(PICTURE))
        if request.picture is None or file is None:
            picture = self._picture_beside(interaction, request)
        else:
            use = PictureUse(kind=PictureKind.ATTACHED, owner_id=actor.user_id)
            request = replace(request, picture=use)
            picture = self._pictures.source(file)
        await self._ask(interaction, request, picture)

    async def _ask(
        self,
        interaction: discord.Interaction,
        request: VideoRequest,
        picture: PictureSource | None,
    ) -> None:
        await self._intake.request(
            await incoming_request(interaction, request, self._servers, picture),
            InteractionAcknowledgement(interaction, self._texts, self._wire),
        )

    def _picture_beside(
        self, interaction: discord.Interaction, request: VideoRequest
    ) -> PictureSource | None:
        """Return the picture of a request from the message whose button was pressed.

        Raises:
            Refused: If it is not there.
        """
        if request.picture is None:
            return None
        message = interaction.message
        file = None if message is None else shown_picture(as_json(message))
        if file is None:
            raise Refused("refused-picture-gone")
        return self._pictures.source(file)

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
            self._deletion_notice(str(interaction.locale), job, actor_of(interaction)),
            ephemeral=True,
        )

    def _deletion_notice(self, locale: str, job: Job, actor: Actor) -> str:
        if job.late:
            return self._texts.say(locale, "deleted-free")
        if job.user_id == actor.user_id:
            return self._texts.say(locale, "deleted")
        member = member_name(self._texts, locale, job.user_id)
        return self._texts.say(locale, "deleted-of", member=member)
