"""The way of a finished clip to our disk: its link, a fresh link, and the last call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    EvolinkError,
    EvolinkUnavailable,
    FetchCutShort,
    FetchError,
    FetchGone,
    FetchUnavailable,
    FetchUndecodable,
)
from bot.ids import JobId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.tasks import TaskStatus
from bot.operations.ports import Operator
from bot.pipeline.host_watch import ResultHostWatch
from bot.pipeline.ports import Evolink, Fetcher
from bot.workers.attempts import more_attempts
from bot.workers.outcomes import note_evolink, noting_download
from bot.workers.service_limit import Call, EndpointLimit

log = structlog.get_logger(__name__)

FETCH_BACKOFF = Backoff(base_s=1.0, cap_s=60.0)
LINK_LIFE_S = 24 * 3600.0
"""How long EvoLink keeps a result."""
ALARM_AFTER_S = 20 * 3600.0
"""A clip that nobody could fetch by then is about to be lost: the operator is told."""
MAX_CLIP_BYTES = 100 * 1024 * 1024
"""The largest file that Discord takes anywhere (boost tier 3)."""
MOST_IN_A_ROW: Mapping[type[FetchError], int] = {
    # Half a minute of fresh links that are all dead: there is no such clip.
    FetchGone: 6,
    # A quarter of an hour: the file itself, not its way to us, is half of one.
    FetchCutShort: 20,
}
"""Failures of one kind after which another try is pointless. What is not here may pass
at any time, and is tried for as long as the link lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What follows a download that failed."""

    wait_s: float
    at_least_s: float
    """As the host asked; 0 = it named no time."""
    changes: JobChanges
    """What to record until then."""


def failure_of(error: FetchError) -> Failure:
    """Return how a job ends whose clip cannot be had."""
    if isinstance(error, FetchGone | FetchUnavailable):
        return Failure.NOT_FETCHED
    if isinstance(error, FetchUndecodable):
        return Failure.UNDECODABLE
    return Failure.NO_USABLE_CLIP


class Downloads:
    """Fetches results, and finds out what may help where that fails."""

    def __init__(
        self,
        evolink: Evolink,
        fetcher: Fetcher,
        operator: Operator | None,
        clock: Clock,
        hosts: ResultHostWatch,
        *,
        reads: EndpointLimit,
    ) -> None:
        self._hosts = hosts
        self._reads = reads
        self._evolink = evolink
        self._fetcher = fetcher
        self._operator = operator
        self._clock = clock
        self._in_a_row: dict[JobId, tuple[type[FetchError], int]] = {}
        """The latest failures of each job, as long as they are of one kind."""

    async def fetch(self, job: Job, clip: Path, call: Call) -> None:
        """Store a job's clip as a file, and tell `call` what came of it.

        Raises:
            FetchError: If it cannot be had now, or never; see its family.
        """
        if job.result_url is None:
            msg = "no link is known"
            raise FetchGone(msg)
        with self._hosts.asking(job.result_url), noting_download(call):
            size = await self._fetcher.fetch(
                job.result_url, clip, max_bytes=MAX_CLIP_BYTES, answered=call.answers
            )
        self._in_a_row.pop(job.id, None)
        log.debug("clip fetched", size_bytes=size)

    def forget(self, job: Job) -> None:
        """Forget a job that has come to its end."""
        self._in_a_row.pop(job.id, None)

    async def retry(
        self, job: Job, error: FetchError, waited_s: float, *, fails_alone: bool
    ) -> Retry | None:
        """Return when to try again and with which link; None = it is pointless.

        `fails_alone` says that it is not the host's trouble, which counts little.
        A dead link is replaced by a fresh one, and not given up while EvoLink cannot
        be asked for it. Once a link is 20 hours old, the operator is told.
        """
        most = MOST_IN_A_ROW.get(type(error))
        in_a_row = self._another(job, error)
        if waited_s > LINK_LIFE_S or (most is not None and in_a_row >= most):
            self._in_a_row.pop(job.id, None)
            return None
        # Once a link is about to die each try counts.
        alone = fails_alone or waited_s > ALARM_AFTER_S
        attempts = more_attempts(job.delivery_attempts, fails_alone=alone)
        changes = JobChanges(delivery_attempts=attempts)
        if waited_s > ALARM_AFTER_S and job.link_alarm_at is None:
            changes["link_alarm_at"] = await self._alarm(job)
        failures = attempts if most is None else in_a_row
        if isinstance(error, FetchGone):
            try:
                fresh = await self._fresh_url(job)
            except EvolinkError as unread:
                log.info("task not read again", error=str(unread))
                if unread.may_repeat:
                    # Nobody could be asked whether there is a fresh link.
                    self._in_a_row[job.id] = FetchGone, in_a_row - 1
                    failures = attempts
            else:
                changes |= JobChanges(result_url=fresh or job.result_url)
        asked_s = error.retry_after_s if isinstance(error, FetchUnavailable) else None
        return Retry(
            wait_s=FETCH_BACKOFF.wait_s(failures),
            at_least_s=asked_s or 0.0,
            changes=changes,
        )

    def _another(self, job: Job, error: FetchError) -> int:
        """Count a failure; return how many of its kind came in a row."""
        kind, count = self._in_a_row.get(job.id, (type(error), 0))
        count = count + 1 if kind is type(error) else 1
        self._in_a_row[job.id] = type(error), count
        return count

    async def _alarm(self, job: Job) -> datetime:
        if self._operator is not None:
            await self._operator.tell("link-expiring", job_id=job.id)
        return self._clock.now()

    async def _fresh_url(self, job: Job) -> str | None:
        """Ask EvoLink for a fresh link; None = it has none.

        Raises:
            EvolinkError: If it could not say, or may not be asked just now.
        """
        if job.task_id is None:
            return None
        if self._reads.wait_s(job.task_id) > 0:
            msg = "EvoLink may not be asked just now"
            raise EvolinkUnavailable(msg)
        call = self._reads.begin(job.task_id)
        try:
            report = await self._evolink.task(job.task_id)
        except EvolinkError as error:
            note_evolink(call, error)
            raise
        else:
            call.answered()
        finally:
            call.end()
        return report.result_url if report.status is TaskStatus.COMPLETED else None
