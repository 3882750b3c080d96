"""Removes clips from disk that no job needs any more, at the start."""

import structlog

from bot.delivery.spool import Spool
from bot.jobs.states import JobState
from bot.jobs.store import JobLookups

log = structlog.get_logger(__name__)


async def discard_leftovers(spool: Spool, jobs: JobLookups) -> None:
    """Remove the clips of jobs that are not `delivering`.

    The deliverer removes what it has posted or given up. A crash right before that, or
    a server that was left meanwhile, leaves a file behind that nothing else would ever
    look at. Call it before the workers begin.
    """
    left = 0
    for job_id in spool.jobs():
        job = await jobs.get(job_id)
        if job is None or job.state is not JobState.DELIVERING:
            spool.discard(job_id)
            left += 1
    if left:
        log.info("leftover clips removed", count=left)
