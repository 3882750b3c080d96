"""Which clips the next start removes from the spool."""

import pytest

from bot.delivery.spool import Spool, discard_leftovers
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from tests.factories import make_job, reach


@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.UNDELIVERABLE])
async def test_the_clip_of_a_job_that_has_ended_goes(
    spool: Spool, store: JobStore, state: JobState
) -> None:
    """Its process died between recording the end and removing the file."""
    job = await reach(store, state)
    spool.path(job).touch()

    await discard_leftovers(spool, store)

    assert list(spool.jobs()) == []


async def test_the_clip_of_a_job_that_is_erased_goes(
    spool: Spool, store: JobStore
) -> None:
    spool.path(make_job()).touch()

    await discard_leftovers(spool, store)

    assert list(spool.jobs()) == []


async def test_a_clip_that_waits_for_delivery_stays(
    spool: Spool, store: JobStore
) -> None:
    """Its link may be dead by now: fetching it again is not certain."""
    job = await reach(store, JobState.DELIVERING)
    spool.path(job).touch()

    await discard_leftovers(spool, store)

    assert list(spool.jobs()) == [job.id]
