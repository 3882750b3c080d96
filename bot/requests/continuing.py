"""Clips that go on where another one ends: its last frame becomes their first."""

from typing import NamedTuple

from bot.errors import NotFound, Refused
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.store import JobLookups
from bot.jobs.video import VideoRequest
from bot.models.choices import Mode
from bot.models.offer import Offer
from bot.models.profile import ModelProfile
from bot.requests.server_offers import ServerOffers
from bot.servers.people import Actor


class Continuation(NamedTuple):
    """What a clip that goes on is asked for with, but for what happens in it."""

    request: VideoRequest
    """Without a prompt."""
    profile: ModelProfile
    """What the model takes that makes it."""

    @property
    def picture(self) -> PictureUse:
        """The last frame, and whose it is."""
        assert self.request.picture is not None
        return self.request.picture


class Continuing:
    """Answers for the Continue button under a clip, from the job's row alone."""

    def __init__(
        self,
        jobs: JobLookups,
        offer: Offer,
        offers: ServerOffers,
        *,
        reads_frames: bool,
    ) -> None:
        """Keep who knows what.

        `offer` is the operator's, `offers` those of servers; `reads_frames` says
        whether PyAV is there.
        """
        self._jobs = jobs
        self._offers = offers
        self._has_button = reads_frames and offer.takes_pictures

    def can_continue(self, job: Job) -> bool:
        """Return whether a clip is to have the button."""
        return self._has_button and job.request.mode is not Mode.SPICY

    async def of(self, job_id: JobId, actor: Actor) -> Continuation:
        """Return what continues a clip. Anybody in the same server may.

        That is the model which made it, if the server still uses it and it takes
        pictures. The new job runs every check again. Its picture is whose that clip's
        own was.

        Raises:
            NotFound: If the server has no such job.
            Refused: If its clip cannot be continued, or no model there takes pictures.
            StorageError: If the database did not answer.
        """
        job = await self._jobs.get(job_id)
        if job is None or job.guild_id != actor.guild_id:
            raise NotFound("not-found-job")
        if job.request.mode is Mode.SPICY:
            raise Refused("refused-continue-spicy")
        if not self._has_button:
            raise Refused("refused-continue-off")
        request, offer = job.request, await self._offers.of(job.guild_id)
        model = offer.by_id(request.model, with_picture=request.with_picture)
        name = None if model is None else model.name
        profile = offer.profile_for(None, name, with_picture=True)
        return Continuation(_request(job, profile), profile)


def _request(job: Job, profile: ModelProfile) -> VideoRequest:
    asked = job.request
    is_usual_length = asked.duration_s in profile.durations_s
    return VideoRequest(
        prompt="",
        mode=asked.mode if profile.takes_mode(asked.mode) else Mode.NORMAL,
        duration_s=asked.duration_s if is_usual_length else profile.default_duration_s,
        aspect=asked.aspect
        if profile.takes_aspect(asked.aspect)
        else profile.usual_aspect,
        model=profile.id,
        quality=asked.quality if asked.quality in profile.qualities else None,
        sound=None if profile.sound is None else asked.sound,
        picture=_frame_of(asked.picture),
    )


def _frame_of(own: PictureUse | None) -> PictureUse:
    """Return whose picture the last frame of a clip is, that began with `own`."""
    return PictureUse(
        kind=PictureKind.FRAME, owner_id=None if own is None else own.owner_id
    )
