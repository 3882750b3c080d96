"""A member's list of videos."""

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.requests.listing import _ALL, _STATES, PAGE_SIZE, Listing, StatusFilter
from storage.database.engine import Database
from storage.quotas.price_settings import SqlPrices
from tests.clock import FakeClock
from tests.pipeline.stages import Stages
from tests.servers.people import make_actor


@pytest.fixture
def listing(store: JobStore, database: Database) -> Listing:
    return Listing(store, SqlPrices(database))


async def test_a_member_without_jobs_has_one_empty_page(listing: Listing) -> None:
    page = await listing.page(make_actor(), None, 1)

    assert (page.jobs, page.number, page.pages) == ([], 1, 1)


async def test_pages_hold_every_job_once_the_newest_first(
    listing: Listing, stages: Stages, clock: FakeClock
) -> None:
    jobs = []
    for _ in range(2 * PAGE_SIZE + 1):
        clock.advance(1)
        jobs.append(await stages.queued())

    pages = [await listing.page(make_actor(), None, number) for number in (1, 2, 3)]

    listed = [job.id for page in pages for job in page.jobs]
    assert listed == [job.id for job in reversed(jobs)]
    assert {page.pages for page in pages} == {3}


@pytest.mark.parametrize(
    ("asked", "shown"), [(-5, 1), (0, 1), (1, 1), (2, 2), (3, 2), (10**9, 2)]
)
async def test_a_number_out_of_range_means_the_nearest_page(
    listing: Listing, stages: Stages, asked: int, shown: int
) -> None:
    """Buttons of an old message name pages that may be gone."""
    for _ in range(PAGE_SIZE + 1):
        await stages.queued()

    page = await listing.page(make_actor(), StatusFilter.OPEN, asked)

    assert (page.number, page.pages, page.status) == (shown, 2, StatusFilter.OPEN)
    assert len(page.jobs) == (PAGE_SIZE if shown == 1 else 1)


async def test_nobody_elses_and_no_other_servers_jobs_are_listed(
    listing: Listing, stages: Stages
) -> None:
    mine = await stages.queued()
    await stages.queued(user_id=UserId(1))
    await stages.queued(guild_id=GuildId(1))

    page = await listing.page(make_actor(), None, 1)

    assert [job.id for job in page.jobs] == [mine.id]


async def test_a_filter_shows_its_states_alone(
    listing: Listing, stages: Stages
) -> None:
    waiting = await stages.queued()
    delivered = await stages.move(await stages.delivering("a"), JobState.DELIVERED)
    failed = await stages.failed("b", failure=Failure.GAVE_UP)
    cancelled = await stages.move(await stages.queued(), JobState.CANCELLED)
    await stages.move(await stages.received(), JobState.REFUSED)

    found = {
        status: [job.id for job in (await listing.page(make_actor(), status, 1)).jobs]
        for status in StatusFilter
    }

    assert found == {
        StatusFilter.OPEN: [waiting.id],
        StatusFilter.DELIVERED: [delivered.id],
        StatusFilter.FAILED: [failed.id],
        StatusFilter.CANCELLED: [cancelled.id],
    }


def test_the_filters_together_show_every_job_once() -> None:
    """A state of no filter would make a job vanish from the narrowed lists."""
    filtered = [state for states in _STATES.values() for state in states]

    assert sorted(filtered) == sorted(_ALL)
    assert set(JobState) - _ALL == {JobState.REFUSED}
    assert set(_STATES) == set(StatusFilter)
