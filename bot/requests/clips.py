"""What may be done with a posted clip."""

from bot.errors import NotAllowed, NotFound, Refused
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.store import JobLookups
from bot.jobs.video import VideoRequest, fitted
from bot.requests.server_offers import ServerOffers
from bot.servers.people import Actor


class Clips:
    """Answers for the buttons under a clip, from the job's row alone."""

    def __init__(self, jobs: JobLookups, offers: ServerOffers) -> None:
        self._jobs = jobs
        self._offers = offers
        """The models in use; another one may have made the clip."""

    async def settings_of(self, job_id: JobId, actor: Actor) -> VideoRequest:
        """Return what a job asked for, to ask for it again or to change it.

        It names a model that the server uses now. Anybody in the same server may; the
        new job runs every check again.

        Raises:
            NotFound: If the server has no such job.
            Refused: If it began with a picture, and no model takes one any more.
        """
        job = await self._job(job_id, actor)
        request, offer = job.request, await self._offers.of(actor.guild_id)
        with_picture = request.with_picture
        if offer.by_id(request.model, with_picture=with_picture) is not None:
            return request
        return fitted(request, offer.profile_for(None, with_picture=with_picture))

    async def again(self, job_id: JobId, actor: Actor) -> VideoRequest:
        """Return what a job asked for, to make the same request again.

        Raises:
            NotFound: If the server has no such job.
            Refused: If its prompt has been erased.
        """
        request = await self.settings_of(job_id, actor)
        if not request.prompt and not await self._is_wordless(job_id, actor):
            raise Refused("refused-erased")
        return request

    async def to_delete(self, job_id: JobId, actor: Actor) -> Job:
        """Return the job whose clip this person may delete.

        Raises:
            NotFound: If the server has no such job.
            NotAllowed: If it is somebody else's, and this is no moderator.
        """
        job = await self._job(job_id, actor)
        if job.user_id != actor.user_id and not actor.is_moderator:
            raise NotAllowed("not-allowed-delete")
        return job

    async def _is_wordless(self, job_id: JobId, actor: Actor) -> bool:
        """Return whether a job was made from a picture without a prompt."""
        job = await self._job(job_id, actor)
        return job.request.with_picture and not job.prompt_erased

    async def _job(self, job_id: JobId, actor: Actor) -> Job:
        job = await self._jobs.get(job_id)
        if job is None or job.guild_id != actor.guild_id:
            raise NotFound("not-found-job")
        return job
