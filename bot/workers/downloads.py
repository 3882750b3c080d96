"""The way of a finished clip to our disk: its link, a fresh link, and the last call."""

from pathlib import Path

import structlog

from bot.domain.ids import JobId
from bot.domain.jobs import Job, JobChanges
from bot.domain.tasks import TaskStatus
from bot.domain.waiting import Backoff
from bot.errors import EvolinkError, FetchError, FetchGone, FetchUnavailable
from bot.ports import Evolink, Fetcher, Operator
from bot.workers.outage import Outage

log = structlog.get_logger(__name__)

FETCH_BACKOFF = Backoff(base_s=1.0, cap_s=60.0)
LINK_LIFE_S = 24 * 3600.0
"""How long EvoLink keeps a result."""
ALARM_AFTER_S = 20 * 3600.0
"""A clip that nobody could fetch by then is about to be lost: the operator is told."""
MAX_CLIP_BYTES = 100 * 1024 * 1024
"""The largest file that Discord takes anywhere (boost tier 3)."""


class Downloads:
    """Fetches results, and finds out what may help where that fails."""

    def __init__(
        self,
        evolink: Evolink,
        fetcher: Fetcher,
        results: Outage,
        operator: Operator | None,
    ) -> None:
        self._evolink = evolink
        self._fetcher = fetcher
        self._results = results
        self._operator = operator
        self._alarmed: set[JobId] = set()

    async def fetch(self, job: Job, clip: Path) -> None:
        """Store a job's clip as a file.

        Raises:
            FetchError: If it cannot be had now, or never; see its family.
            NotNow: If the host should be left alone.
        """
        if job.result_url is None:
            msg = "no link is known"
            raise FetchGone(msg)
        async with self._results.asking() as asked:
            try:
                size = await self._fetcher.fetch(
                    job.result_url,
                    clip,
                    max_bytes=MAX_CLIP_BYTES,
                    answered=lambda: self._results.answered(asked),
                )
            except FetchUnavailable as error:
                self._results.failed(str(error))
                raise
            except FetchError:
                self._results.worked()
                raise
            self._results.worked()
        log.debug("clip fetched", size_bytes=size)

    async def before_next(
        self, job: Job, error: FetchError, waited_s: float
    ) -> JobChanges:
        """Return what to record before the next attempt, with a fresh link if needed.

        Once a link is 20 hours old, the operator is told.
        """
        if waited_s > ALARM_AFTER_S:
            await self._alarm(job)
        changes = JobChanges(delivery_attempts=job.delivery_attempts + 1)
        fresh = await self._fresh_url(job) if isinstance(error, FetchGone) else None
        if fresh is not None:
            changes["result_url"] = fresh
        return changes

    async def _alarm(self, job: Job) -> None:
        if self._operator is not None and job.id not in self._alarmed:
            self._alarmed.add(job.id)
            await self._operator.tell("link-expiring", job_id=job.id)

    async def _fresh_url(self, job: Job) -> str | None:
        if job.task_id is None:
            return None
        try:
            report = await self._evolink.task(job.task_id)
        except EvolinkError as error:
            log.info("task not read again", error=str(error))
            return None
        return report.result_url if report.status is TaskStatus.COMPLETED else None
