"""What a member has made lately."""

from bot.domain.people import Actor
from bot.domain.usage import Usage
from bot.ports import Clock, JobStore


class UsageReport:
    """Reads what counts for a member."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    async def of(self, actor: Actor) -> Usage:
        """Return what counts for the member in this server, today and this month."""
        return await self._jobs.usage(actor.guild_id, actor.user_id, self._clock.now())
