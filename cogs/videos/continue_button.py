"""Continue, under a clip: its last frame becomes the first of a new one."""

import discord

from bot.errors import Refused
from bot.ids import JobId
from bot.pictures.source import PictureSource
from bot.requests.continuing import Continuation, Continuing
from bot.requests.intake import Intake
from bot.requests.picture_check import PictureCheck
from bot.texts.texts import Texts
from cogs.drawing.clip import clip_filename
from cogs.drawing.custom_ids import Act, JobPress, job_press
from cogs.presses import Fields, Route, Routes
from cogs.videos.continue_modal import ContinueModal, continued
from cogs.wire.acknowledgement import InteractionAcknowledgement
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.last_frames import LastFrames
from cogs.wire.pictures import as_json, shown_file
from cogs.wire.places import actor_of, incoming_request
from cogs.wire.servers import Servers


class ContinueButton:
    """Answers the button, and the form that it opens."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        intake: Intake,
        continuing: Continuing,
        frames: LastFrames | None,
        check: PictureCheck,
        texts: Texts,
        *,
        wire: DiscordWire,
        servers: Servers,
    ) -> None:
        """Keep who does what. Without `frames`, `continuing` refuses every clip."""
        self._intake = intake
        self._continuing = continuing
        self._frames = frames
        self._check = check
        self._texts = texts
        self._wire = wire
        self._servers = servers

    def routes(self) -> Routes:
        """Return what answers it."""
        return {
            Act.CONTINUE: Route(
                read=job_press, on_press=self._open, on_submit=self._on_submit
            )
        }

    async def _open(self, interaction: discord.Interaction, press: JobPress) -> None:
        continuation, _ = await self._asked(interaction, press.job_id)
        locale = str(interaction.locale)
        await interaction.response.send_modal(
            ContinueModal(self._texts, locale, press.job_id, continuation)
        )

    async def _on_submit(
        self, interaction: discord.Interaction, press: JobPress, sent: Fields
    ) -> None:
        continuation, frame = await self._asked(interaction, press.job_id)
        request = continued(continuation.request, sent)
        await self._intake.request(
            await incoming_request(interaction, request, self._servers, frame),
            InteractionAcknowledgement(interaction, self._texts, self._wire),
        )

    async def _asked(
        self, interaction: discord.Interaction, job_id: JobId
    ) -> tuple[Continuation, PictureSource]:
        """Return what continues a clip, and its last frame, of which nothing is read.

        Raises:
            NotFound: If there is no such clip.
            Refused: If it may not be continued by this member, or cannot be.
        """
        actor = actor_of(interaction)
        continuation = await self._continuing.of(job_id, actor)
        await self._check.check(actor, continuation.picture)
        return continuation, self._frame(interaction, job_id)

    def _frame(self, interaction: discord.Interaction, job_id: JobId) -> PictureSource:
        """Return the last frame of the clip that the pressed message has.

        Discord makes a new link to it for each press.
        """
        assert self._frames is not None
        message = interaction.message
        clip = (
            None
            if message is None
            else shown_file(as_json(message), clip_filename(job_id))
        )
        if clip is None:
            raise Refused("refused-continue-link")
        return self._frames.source(clip)
