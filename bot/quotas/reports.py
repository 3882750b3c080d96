"""A server's use over some days: read piece by piece, added up off the event loop."""

import asyncio
from datetime import timedelta

from bot.clock import Clock
from bot.errors import Refused
from bot.quotas.ports import QuotaStore
from bot.quotas.report import QuotaReport, ReportSums, days_until
from bot.servers.authority import require_manager
from bot.servers.people import Actor

MOST_DAYS = 365
_MARGIN = timedelta(days=2)
"""A day of any zone lies within so much of the same day in UTC."""


class QuotaReports:
    """Makes reports for those who manage a server."""

    def __init__(self, store: QuotaStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def over(self, actor: Actor, days: int) -> QuotaReport:
        """Return who made how much in the last so many days, today included.

        Raises:
            NotAllowed: If this is nobody who manages the server.
            Refused: If it cannot be made for so many days.
        """
        require_manager(actor)
        if not 1 <= days <= MOST_DAYS:
            raise Refused("quota-bad-days", most=MOST_DAYS)
        now = self._clock.now()
        settings = await self._store.settings(actor.guild_id)
        wanted = days_until(now, days, settings.zone)
        since = now - timedelta(days=days) - _MARGIN
        sums = ReportSums(wanted, settings.zone)
        async for piece in self._store.made(actor.guild_id, since, now + _MARGIN):
            await asyncio.to_thread(sums.add, piece)
        return await asyncio.to_thread(sums.report)
