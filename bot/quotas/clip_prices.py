"""What a video cost, for an admin who asks about one."""

from bot.errors import NotFound, Refused
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.store import JobLookups
from bot.quotas.ports import PriceStore
from bot.quotas.prices_shown import PricesShown
from bot.servers.people import Actor, require_manager


class ClipPrices:
    """Looks up what videos cost."""

    def __init__(self, jobs: JobLookups, prices: PriceStore) -> None:
        self._jobs = jobs
        self._prices = prices

    async def of(self, actor: Actor, job_id: JobId) -> Job:
        """Return the job of a clip in the actor's server.

        Raises:
            NotAllowed: To anybody who does not manage the server.
            Refused: If nobody is to see prices there.
            NotFound: If the server has no such clip.
        """
        require_manager(actor)
        if await self._prices.prices(actor.guild_id) is PricesShown.NOBODY:
            raise Refused("refused-prices-off")
        job = await self._jobs.get(job_id)
        if job is None or job.guild_id != actor.guild_id:
            raise NotFound("not-found-clip")
        return job
