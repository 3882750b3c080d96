"""A request as it arrives, before anything is recorded, and what may answer it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.ids import ChannelId, InteractionId, MessageId, new_job_id
from bot.jobs.jobs import Job
from bot.jobs.video import VideoRequest
from bot.pictures.source import PictureSource
from bot.servers.people import Actor
from bot.servers.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRequest:
    """One `/video`, or one press of Again, with the facts to decide about it."""

    actor: Actor
    channel_id: ChannelId
    locale: str
    """The server's language, by Discord's name."""
    interaction_id: InteractionId
    interaction_token: str = field(repr=False)
    application_id: int
    place: Place
    request: VideoRequest
    picture: PictureSource | None
    """Where the picture is read from; set exactly if the request is about one."""

    def job(self, at: datetime) -> Job:
        """Return a new job for this request, in state `received`, not yet stored."""
        return Job(
            id=new_job_id(),
            guild_id=self.actor.guild_id,
            channel_id=self.channel_id,
            user_id=self.actor.user_id,
            locale=self.locale,
            request=self.request,
            interaction_id=self.interaction_id,
            interaction_token=self.interaction_token,
            application_id=self.application_id,
            role_ids=self.actor.role_ids,
            requested_at=at,
            state_since=at,
        )


class Acknowledgement(Protocol):
    """The interaction that asked for a job, as far as it can still be answered.

    Implemented in `cogs`, for one interaction each.
    """

    async def show_received(self, job: Job) -> MessageId:
        """Answer with the public status message, at once and by one request.

        Raises:
            TokenExpired: If Discord no longer takes an answer.
            MessengerDown: If it cannot be known whether Discord took it.
            MessengerError: If Discord refused it, or nobody can read what it said.
        """
        ...

    async def withdraw(self, job: Job) -> None:
        """Delete the status message again. A message already gone is no error."""
        ...
