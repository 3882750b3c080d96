"""Erases data whose retention period, set by the operator, has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import MessengerError
from bot.ids import GuildId
from bot.privacy.ports import Memberships, RetentionStore, Unfinished
from bot.processes.seats import Seat
from bot.workers.worker import STARTUP_DELAY_S, Worker

log = structlog.get_logger(__name__)

PAUSE_S = 3600.0
UNFINISHED_AFTER = timedelta(seconds=60)
"""What is younger may still be under way."""
PAGE = 500
"""Rows in one transaction: everybody else waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long data is kept: `privacy` in the configuration."""

    prompts: timedelta
    audit: timedelta
    departed_guilds: timedelta


class Retention(Worker):
    """Runs every hour, and goes on at once while there is more."""

    name = "retention"
    seat = Seat.HOUSEKEEPING
    first_pass_after_s = STARTUP_DELAY_S

    def __init__(
        self,
        store: RetentionStore,
        clock: Clock,
        keeping: RetentionPolicy,
        *,
        memberships: Memberships,
        unfinished: Sequence[Unfinished],
    ) -> None:
        super().__init__()
        self._memberships = memberships
        self._store = store
        self._clock = clock
        self._keeping = keeping
        self._unfinished = unfinished

    async def run_once(self) -> float:
        """Go on with what a crash has left, and erase what is due."""
        now = self._clock.now()
        for one in self._unfinished:
            left = await one.finish_begun(now - UNFINISHED_AFTER)
            if left:
                log.info("unfinished work completed", items=left)
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        prompts = await self._store.erase_prompts(now - self._keeping.prompts, PAGE)
        audit = await self._store.erase_audit(now - self._keeping.audit, PAGE)
        # A day late: a month ends at different times in different zones.
        names = await self._store.end_pseudonyms(month - timedelta(days=1))
        guilds = await self._erase_departed(now - self._keeping.departed_guilds)
        if prompts or audit or names or guilds:
            log.info(
                "expired data erased",
                prompts=prompts,
                audit=audit,
                names=names,
                guilds=guilds,
            )
        return 0.0 if PAGE in {prompts, audit} else PAUSE_S

    async def _erase_departed(self, before: datetime) -> int:
        """Erase the data of the servers that Discord, too, says have removed the bot.

        Their return may have been told to a process that died before it noted it.
        """
        spared: set[GuildId] = set()
        for guild_id in await self._store.departed(before):
            try:
                if not await self._memberships.is_in(guild_id):
                    continue
                await self._store.note_returned(guild_id)
                log.info("departed server has returned", guild_id=guild_id)
            except MessengerError as error:
                log.debug("departed server not read", reason=str(error))
            spared.add(guild_id)
        return await self._store.erase_departed(before, spared)
