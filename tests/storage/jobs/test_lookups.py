"""Finding jobs again: by id, by member, by state, and by when they are due."""

from datetime import timedelta

import pytest

from bot.ids import GuildId, JobId, TaskId, UserId
from bot.jobs.due import Due
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobStore
from tests.factories import NOON, make_job
from tests.storage.conftest import Put

S = JobState
MINUTE = timedelta(minutes=1)


async def test_what_does_not_exist_is_not_found(store: JobStore) -> None:
    assert await store.get(JobId("nobody")) is None
    assert await store.by_task(TaskId("nobody")) is None
    assert await store.by_callback("nobody") is None


async def test_a_state_is_read_in_pages(store: JobStore, put: Put) -> None:
    queued = sorted(
        (make_job(state=S.QUEUED) for _ in range(5)), key=lambda job: job.id
    )
    await put(*queued, make_job(state=S.FAILED))

    first = await store.in_state(S.QUEUED, 3)
    second = await store.in_state(S.QUEUED, 3, after=first[-1].id)

    assert [*first, *second] == queued


async def test_jobs_are_counted_by_state(store: JobStore, put: Put) -> None:
    await put(*(make_job(state=S.QUEUED) for _ in range(3)), make_job())

    assert await store.counts() == {S.QUEUED: 3, S.RECEIVED: 1}


async def test_a_member_sees_the_newest_first_in_pages(
    store: JobStore, put: Put
) -> None:
    jobs = [make_job(requested_at=NOON + n * MINUTE) for n in range(5)]
    await put(*jobs)
    whose = (jobs[0].guild_id, jobs[0].user_id)

    first = await store.of_member(*whose, states=None, limit=3, offset=0)
    second = await store.of_member(*whose, states=None, limit=3, offset=3)

    assert [*first, *second] == jobs[::-1]
    assert await store.count_of_member(*whose, states=None) == 5


async def test_a_member_sees_only_their_own_jobs_of_this_server(
    store: JobStore, put: Put
) -> None:
    mine = make_job()
    await put(mine, make_job(user_id=UserId(2)), make_job(guild_id=GuildId(2)))
    whose = (mine.guild_id, mine.user_id)

    found = await store.of_member(*whose, states=None, limit=9, offset=0)

    assert list(found) == [mine]
    assert await store.count_of_member(*whose, states=None) == 1


async def test_a_members_list_can_be_narrowed_to_some_states(
    store: JobStore, put: Put
) -> None:
    jobs = {state: make_job(state=state) for state in JobState}
    await put(*jobs.values())
    job = jobs[S.QUEUED]
    whose = (job.guild_id, job.user_id)

    found = await store.of_member(*whose, states=OPEN_STATES, limit=99, offset=0)

    assert {one.state for one in found} == OPEN_STATES
    assert await store.count_of_member(*whose, states=OPEN_STATES) == len(OPEN_STATES)
    assert await store.count_of_member(*whose, states=[]) == 0


@pytest.mark.parametrize("kind", list(Due))
async def test_due_jobs_come_the_longest_due_first(
    store: JobStore, put: Put, kind: Due
) -> None:
    times = {"late": -3, "later": -1, "now": 0, "soon": 1, "far": 9}
    jobs = {
        name: make_job(**{kind.value: NOON + minutes * MINUTE})
        for name, minutes in times.items()
    }
    others = [
        make_job(**{one.value: NOON - 5 * MINUTE}) for one in Due if one is not kind
    ]
    await put(*jobs.values(), *others, make_job())

    assert (await store.due_and_next(kind, NOON, 9))[0] == [
        jobs["late"],
        jobs["later"],
        jobs["now"],
    ]
    assert (await store.due_and_next(kind, NOON, 2))[0] == [jobs["late"], jobs["later"]]
    assert await store.due_and_next(kind, NOON, 4) == (
        [jobs["late"], jobs["later"], jobs["now"]],
        jobs["soon"].requested_at + MINUTE,
    )
    assert await store.due_and_next(kind, NOON, 3) == (
        [jobs["late"], jobs["later"], jobs["now"]],
        None,
    )
    assert await store.due_and_next(kind, NOON + 9 * MINUTE, 9) == (
        list(jobs.values()),
        None,
    )
    assert (await store.due_and_next(kind, NOON, 99))[1] == jobs[
        "soon"
    ].requested_at + MINUTE
    assert (await store.due_and_next(kind, NOON + 9 * MINUTE, 99))[1] is None


async def test_news_is_found_among_any_number_of_status_messages_that_are_late(
    store: JobStore, put: Put
) -> None:
    """First the last word, then the news, then what has been late for the longest."""
    late = [
        make_job(
            state=S.QUEUED,
            state_since=NOON - MINUTE,
            status_due_at=NOON - timedelta(milliseconds=n),
        )
        for n in range(1200)
    ]
    news = make_job(state=S.GENERATING, state_since=NOON, status_due_at=NOON)
    last_word = make_job(state=S.DELIVERED, state_since=NOON, status_due_at=NOON)
    await put(*late, news, last_word)

    found = (await store.due_and_next(Due.STATUS, NOON, 4))[0]

    assert list(found) == [last_word, news, late[-1], late[-2]]
