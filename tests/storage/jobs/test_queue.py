"""Whose turn it is, checked against the rule in words, over any mixture of servers."""

import random
from collections import Counter
from datetime import timedelta

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from tests.factories import NOON, make_job
from tests.storage.conftest import Put
from tests.stores import Used

S = JobState


def asked(guild: int, second: int, state: JobState = S.QUEUED, **fields: object) -> Job:
    return make_job(
        guild_id=GuildId(guild),
        requested_at=NOON + timedelta(seconds=second),
        state=state,
        **fields,
    )


def holds_a_slot(job: Job) -> bool:
    ended_by_people = job.state in (S.CANCELLED, S.UNDELIVERABLE)
    still_there = job.poll_due_at is not None or job.submit_due_at is not None
    return job.state in (S.SUBMITTING, S.GENERATING) or (
        ended_by_people and still_there
    )


def fair_order(jobs: list[Job]) -> list[Job]:
    """Say the rule in Python: by turn, then by age."""
    taken = Counter(job.guild_id for job in jobs if holds_a_slot(job))
    turns: dict[str, int] = {}
    queued = [job for job in jobs if job.state is S.QUEUED]
    for job in sorted(queued, key=lambda job: (job.requested_at, job.id)):
        taken[job.guild_id] += 1
        turns[job.id] = taken[job.guild_id]
    return sorted(queued, key=lambda job: (turns[job.id], job.requested_at, job.id))


async def test_servers_take_turns(store: JobStore, put: Put) -> None:
    """A server that asks for a hundred does not make the others wait for them."""
    flood = [asked(1, second) for second in range(100)]
    late = [asked(2, 200), asked(3, 300), asked(2, 400)]
    await put(*flood, *late)

    queued, more = await store.next_queued(6)

    assert list(queued) == [flood[0], late[0], late[1], flood[1], late[2], flood[2]]
    assert more


async def test_within_a_server_the_oldest_comes_first(
    store: JobStore, put: Put
) -> None:
    jobs = [asked(1, second) for second in (30, 10, 20)]
    await put(*jobs)

    assert await store.next_queued(9) == ([jobs[1], jobs[2], jobs[0]], False)


async def test_jobs_at_evolink_count_as_turns_taken(store: JobStore, put: Put) -> None:
    """Who has two clips in the making waits for those who have none."""
    busy = [asked(1, 0, S.GENERATING), asked(1, 1, S.SUBMITTING)]
    waiting = asked(1, 2)
    others = [asked(2, 50), asked(2, 60)]
    await put(*busy, waiting, *others)

    assert await store.next_queued(9) == ([*others, waiting], False)


async def test_any_mixture_is_served_in_the_fair_order(
    store: JobStore, put: Put
) -> None:
    """And each job's place is the one in which it is served."""
    chance = random.Random(7)  # noqa: S311 - the same mixture every time
    jobs = [
        asked(
            chance.choice([1, 1, 1, 2, 2, 3, 4, 5]),
            chance.randrange(60),
            chance.choice([S.QUEUED] * 6 + list(JobState)),
            poll_due_at=chance.choice([None, NOON]),
            submit_due_at=chance.choice([None, None, NOON]),
        )
        for _ in range(200)
    ]
    await put(*jobs)
    wanted = fair_order(jobs)

    for limit in (1, 2, 7, 50, 1000):
        more = limit < len(wanted)
        assert await store.next_queued(limit) == (wanted[:limit], more)
    places = [await store.queue_position(job) for job in wanted]
    assert places == list(range(1, len(wanted) + 1))


async def test_among_very_many_servers_the_longest_waiting_comes_first(
    store: JobStore, put: Put
) -> None:
    jobs = [asked(guild, 1_000 - guild) for guild in range(1, 200)]
    await put(*jobs)

    assert await store.next_queued(3) == (jobs[:-4:-1], True)


async def test_an_empty_queue_serves_nobody(store: JobStore, put: Put) -> None:
    await put(asked(1, 0, S.GENERATING))

    assert await store.next_queued(5) == ([], False)


async def test_no_more_leave_than_there_are_slots(store: JobStore, put: Put) -> None:
    """It also says whether more jobs wait, for the next free slot."""
    waiting = [asked(1, second) for second in range(3)]
    await put(asked(2, 0, S.GENERATING), *waiting)

    assert await store.next_queued(9, slots=3) == (waiting[:2], True)
    assert await store.next_queued(9, slots=4) == (waiting, False)
    assert await store.next_queued(9, slots=1) == ([], True)
    assert await store.next_queued(9, slots=0) == ([], True)


async def test_a_request_is_in_doubt_by_its_own_age(store: JobStore, put: Put) -> None:
    """Not by that of an earlier one, which was refused and went back to the queue."""
    sent = {"submit_attempts": 1, "submit_due_at": NOON, "first_submit_at": NOON}
    now = NOON + timedelta(minutes=10)
    waiting = asked(1, 2)
    await put(asked(2, 0, S.SUBMITTING, state_since=now, **sent), waiting)

    soon, late = now - timedelta(seconds=2), now + timedelta(seconds=2)
    assert await store.next_queued(9, slots=1, doubted_before=soon) == ([], True)
    assert await store.next_queued(9, slots=1, doubted_before=late) == (
        [waiting],
        False,
    )


async def test_who_has_a_slot_is_known_with_the_end_that_is_expected(
    store: JobStore, put: Put
) -> None:
    ends = NOON + timedelta(minutes=2)
    making = asked(1, 0, S.GENERATING, accepted_at=NOON, expected_end_at=ends)
    await put(making, asked(1, 1, S.SUBMITTING), asked(1, 2), asked(1, 3, S.DELIVERED))

    known = [(one.accepted_at, one.expected_end_at) for one in await store.making()]

    assert sorted(known, key=str) == [(None, None), (NOON, ends)]


async def test_a_job_that_is_not_queued_has_the_place_it_would_have(
    store: JobStore, put: Put
) -> None:
    """Shown to a member whose job waits for a moderator."""
    await put(asked(1, 0), asked(1, 1), asked(2, 0))

    assert await store.queue_position(asked(2, 9, S.AWAITING_REVIEW)) == 4
    assert await store.queue_position(asked(3, 9, S.AWAITING_REVIEW)) == 3


async def test_a_slot_is_held_until_evolink_is_done(store: JobStore, put: Put) -> None:
    """Also by those that nobody waits for; not by those we gave up on."""
    holding = [
        asked(1, 0, S.SUBMITTING),
        asked(1, 0, S.GENERATING),
        asked(2, 0, S.CANCELLED, poll_due_at=NOON),
        asked(2, 0, S.CANCELLED, submit_due_at=NOON),
        asked(2, 0, S.UNDELIVERABLE, poll_due_at=NOON),
    ]
    free = [
        asked(1, 0, S.QUEUED),
        asked(1, 0, S.CANCELLED),
        asked(1, 0, S.FAILED, poll_due_at=NOON),
        asked(1, 0, S.UNCONFIRMED, poll_due_at=NOON),
        asked(1, 0, S.DELIVERING),
    ]
    await put(*holding, *free)

    assert len(await store.making()) == len(holding)


async def test_what_is_at_once_runs_from_queued_to_delivering(
    put: Put, used: Used
) -> None:
    await put(*(asked(1, 0, state) for state in JobState))
    await put(asked(1, 0, user_id=UserId(5)), asked(2, 0))

    member = await used(GuildId(1), make_job().user_id, NOON)
    server = await used(GuildId(1), None, NOON)

    assert (member.at_once, server.at_once) == (4, 5)
