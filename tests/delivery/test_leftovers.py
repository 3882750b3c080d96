"""Which clips are removed from the spool, at a start and while the program runs."""

import os
import time
from pathlib import Path

import pytest

from bot.delivery.spool import LONGEST_DOWNLOAD_S, Spool, discard_leftovers
from bot.delivery.spool_cleaner import UNTOUCHED_FOR_S, SpoolCleaner
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.part_files import part_of
from tests.factories import NOON, make_job, reach


@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.UNDELIVERABLE])
async def test_the_clip_of_a_job_that_has_ended_goes(
    spool: Spool, store: JobStore, state: JobState
) -> None:
    """Its process died between recording the end and removing the file."""
    job = await reach(store, state)
    spool.path(job).touch()

    await discard_leftovers(spool, store, older_than_s=0)

    assert list(spool.jobs()) == []


async def test_the_clip_of_a_job_that_is_erased_goes(
    spool: Spool, store: JobStore
) -> None:
    spool.path(make_job()).touch()

    await discard_leftovers(spool, store, older_than_s=0)

    assert list(spool.jobs()) == []


async def test_a_clip_that_waits_for_delivery_stays(
    spool: Spool, store: JobStore
) -> None:
    """Its link may be dead by now: fetching it again is not certain."""
    job = await reach(store, JobState.DELIVERING)
    spool.path(job).touch()

    await discard_leftovers(spool, store, older_than_s=0)

    assert list(spool.jobs()) == [job.id]


def aged(path: Path, seconds: float) -> Path:
    """Write a file as if it had lain there for so long."""
    path.touch()
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


async def test_what_another_process_delivered_goes_while_the_program_runs(
    spool: Spool, store: JobStore
) -> None:
    """This one had fetched the clip, too, and lost the job to the other."""
    job = await reach(store, JobState.DELIVERING)
    clip = aged(spool.path(job), UNTOUCHED_FOR_S + 60)
    copy = aged(spool.copy_path(job), UNTOUCHED_FOR_S + 60)
    cleaner = SpoolCleaner(spool, store)

    await cleaner.run_once()
    assert clip.exists()
    assert copy.exists()

    await store.move(job.id, JobState.DELIVERING, JobState.DELIVERED, NOON)
    await cleaner.run_once()
    assert not clip.exists()
    assert not copy.exists()


async def test_what_was_written_just_now_stays_while_the_program_runs(
    spool: Spool, store: JobStore
) -> None:
    """A job that has failed may get its clip late, between two looks of ours."""
    job = await reach(store, JobState.DELIVERED)
    clip = aged(spool.path(job), 5)
    copy = aged(spool.copy_path(job), UNTOUCHED_FOR_S + 60)

    await SpoolCleaner(spool, store).run_once()

    assert clip.exists()
    assert copy.exists()


async def test_parts_that_nothing_is_written_to_go_while_the_program_runs(
    spool: Spool, store: JobStore
) -> None:
    job = await reach(store, JobState.DELIVERING)
    left = aged(part_of(spool.path(job)), LONGEST_DOWNLOAD_S + 60)
    under_way = aged(part_of(spool.path(job)), 60)

    await SpoolCleaner(spool, store).run_once()

    assert not left.exists()
    assert under_way.exists()
