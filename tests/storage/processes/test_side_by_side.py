"""Two processes that write at the same moment: each decision is made once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest

from bot.errors import AccountFault
from bot.ids import GuildId, JobId, TaskId, UserId, new_job_id
from bot.jobs.due import Due
from bot.jobs.jobs import JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState
from bot.moderation.policy import Block
from bot.moderation.ports import Decision
from bot.moderation.records import (
    ModerationSettings,
    Report,
    ReportState,
)
from bot.operations.ports import Pause
from bot.quotas.settings import AdminAction
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.moderation.reports import SqlReportStore
from storage.moderation.store import SqlModerationStore
from storage.operations.pauses import SqlPauses
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.checking import wrong_sums
from storage.quotas.store import SqlQuotaStore
from storage.requests.reviews import SqlReviewStore
from storage.servers.greetings import SqlGreetings
from storage.sums.store import SqlSums
from tests.factories import AT_ONCE, NOON, make_job, reach
from tests.storage.conftest import Select
from tests.stores import job_store

GUILD = make_job().guild_id
UNTIL = NOON + timedelta(seconds=20)


@pytest.fixture
async def both(database: Database, migrated: str) -> AsyncGenerator[Sequence[Database]]:
    """Return the database as two processes see it."""
    async with Database.open(migrated, commit_delay_s=AT_ONCE, may_write=None) as other:
        yield database, other


def entry(action: str = "moderation.change") -> AuditEntry:
    return AuditEntry(guild_id=GUILD, actor_id=UserId(9), at=NOON, action=action)


async def test_of_many_requests_only_as_many_leave_as_there_are_slots(
    both: Sequence[Database],
) -> None:
    stores = [job_store(one) for one in both]
    jobs = [await reach(stores[0], JobState.QUEUED) for _ in range(20)]
    slots = Slots(most=5, doubted_before=NOON - timedelta(seconds=2))

    claims = await asyncio.gather(
        *(
            store.claim_queued(
                job, NOON, UNTIL, slots, submit_due_at=NOON, submit_attempts=1
            )
            for job in jobs
            for store in stores
        )
    )

    taken = [claim.job.id for claim in claims if claim is not None]
    assert len(taken) == len(set(taken)) == 5


async def test_a_review_that_two_moderators_decide_is_decided_once(
    both: Sequence[Database], rows: Select
) -> None:
    stores = [SqlReviewStore(one, listener=None) for one in both]
    for _ in range(10):
        job = await reach(job_store(both[0]), JobState.AWAITING_REVIEW)
        decided = await asyncio.gather(
            *(
                store.decide(
                    job.id,
                    Decision(
                        state=state,
                        decided_by=UserId(9),
                        reason=None,
                        at=NOON,
                        entry=entry("review.decided"),
                    ),
                )
                for store, state in zip(
                    stores, (JobState.QUEUED, JobState.DENIED), strict=True
                )
            )
        )
        assert sum(one is not None for one in decided) == 1

    assert await rows("SELECT count(*) FROM audit") == [(10,)]


async def test_sums_are_never_doubled_by_two_that_add_up(
    both: Sequence[Database],
) -> None:
    store = job_store(both[0])
    for _ in range(30):
        await reach(store, JobState.DELIVERED, credits_used=2.0)
        await reach(store, JobState.CANCELLED)
    sums = [SqlSums(one) for one in both]

    added = await asyncio.gather(
        *(one.add_changes(7) for _ in range(12) for one in sums)
    )

    assert sum(added) == 60
    assert await wrong_sums(both[0]) == {}
    assert await store.counts() == {JobState.DELIVERED: 30, JobState.CANCELLED: 30}


async def test_a_video_that_is_reset_and_released_at_once_is_taken_back_once(
    both: Sequence[Database],
) -> None:
    quotas = SqlQuotaStore(both[1], with_spending=False)
    store = job_store(both[0])
    action = AdminAction(guild_id=GUILD, actor_id=UserId(9), at=NOON)
    for _ in range(10):
        jobs = [await reach(store, JobState.QUEUED) for _ in range(4)]
        await asyncio.gather(
            *(
                store.move(job.id, JobState.QUEUED, JobState.CANCELLED, NOON)
                for job in jobs
            ),
            quotas.reset(action, None),
            quotas.reset(action, jobs[0].user_id),
        )

    assert await wrong_sums(both[0]) == {}
    used = await quotas.facts(GUILD, make_job().user_id, (), NOON)
    assert (used.server.month, used.member.month) == (0, 0)


async def test_settings_that_two_change_at_once_keep_both_changes(
    both: Sequence[Database],
) -> None:
    stores = cycle(SqlModerationStore(one) for one in both)

    def with_role(role: int) -> object:
        def revise(
            old: ModerationSettings,
        ) -> tuple[ModerationSettings, AuditEntry]:
            return replace(old, spicy_role_ids=old.spicy_role_ids | {role}), entry()

        return revise

    await asyncio.gather(
        *(
            store.revise(GUILD, with_role(role))  # type: ignore[arg-type]
            for role, store in zip(range(1, 21), stores, strict=False)
        )
    )

    settings = await SqlModerationStore(both[0]).settings(GUILD)
    assert settings.spicy_role_ids == frozenset(range(1, 21))


async def test_a_member_who_is_blocked_by_two_is_blocked(
    both: Sequence[Database],
) -> None:
    stores = [SqlModerationStore(one) for one in both]
    for number in range(10):
        await asyncio.gather(
            *(
                store.block(
                    GUILD,
                    Block(
                        user_id=UserId(number),
                        until=None,
                        reason=None,
                        blocked_by=UserId(9),
                        at=NOON,
                    ),
                    entry("block.add"),
                )
                for store in stores
            )
        )
        assert await stores[0].block_of(GUILD, UserId(number)) is not None


async def test_reports_of_one_clip_are_each_taken_and_decided_once(
    both: Sequence[Database], rows: Select
) -> None:
    """The same button twice, and Remove on two reports of one clip."""
    stores = [SqlReportStore(one) for one in both]
    for _ in range(10):
        job = await reach(job_store(both[0]), JobState.DELIVERED)
        reports = [
            Report(
                id=new_job_id(),
                guild_id=GUILD,
                job_id=job.id,
                reporter_id=UserId(member),
                reason="it shows me",
                at=NOON,
            )
            for member in range(2)
        ]
        again = [replace(one, id=new_job_id()) for one in reports]
        added = await asyncio.gather(
            *(
                store.add(report, None, entry("report.add"))
                for pair in zip(reports, again, strict=True)
                for store, report in zip(stores, pair, strict=True)
            )
        )
        assert sum(added) == 2
        stored = await rows(
            "SELECT id FROM reports WHERE job_id = :job ORDER BY id", job=job.id
        )

        decided = await asyncio.gather(
            *(
                store.decide(report_id, ReportState.REMOVED, entry("report.removed"))
                for store, (report_id,) in zip(stores, stored, strict=True)
            )
        )
        assert sum(one is not None for one in decided) == 1
        assert await rows(
            "SELECT count(*) FROM cards WHERE job_id = :job AND kind = 'removal'",
            job=job.id,
        ) == [(1,)]


async def test_members_who_are_forgotten_at_once_share_one_key(
    both: Sequence[Database], rows: Select
) -> None:
    members = [UserId(number) for number in range(1, 11)]
    for member in members:
        await reach(job_store(both[0]), JobState.DELIVERED, make_job(user_id=member))
    stores = cycle(SqlPrivacyStore(one) for one in both)

    await asyncio.gather(
        *(
            store.forget(member, NOON)
            for member, store in zip(members, stores, strict=False)
        )
    )

    assert await rows("SELECT count(*) FROM pseudonym_keys") == [(1,)]
    assert await rows("SELECT count(*) FROM ledger WHERE user_id > 0") == [(0,)]


async def test_a_server_seen_by_two_is_greeted_once_and_left_once(
    both: Sequence[Database], rows: Select
) -> None:
    greetings = [SqlGreetings(one) for one in both]
    retention = [SqlRetentionStore(one) for one in both]
    servers = [GuildId(number) for number in range(1, 40)]

    new = await asyncio.gather(
        *(one.note_served(servers, NOON, greet=True) for one in greetings)
    )
    await asyncio.gather(
        *(one.note_departed(server, NOON) for server in servers for one in retention)
    )

    assert sum(new) == len(servers)
    assert await rows("SELECT count(*) FROM greetings") == [(39,)]
    assert await rows("SELECT count(*) FROM departures") == [(39,)]


async def test_a_task_that_two_jobs_adopt_is_one_jobs(
    both: Sequence[Database],
) -> None:
    stores = [job_store(one) for one in both]
    for number in range(10):
        jobs = [await reach(stores[0], JobState.SUBMITTING) for _ in stores]
        adopted = await asyncio.gather(
            *(
                store.adopt(job.id, TaskId(f"task-{number}"), {})
                for store, job in zip(stores, jobs, strict=True)
            )
        )
        assert sorted(adopted) == [False, True]


async def test_a_pause_that_two_save_is_one(both: Sequence[Database]) -> None:
    stores = [SqlPauses(one) for one in both]
    pause = Pause(
        fault=next(iter(AccountFault)),
        reason="401",
        since=NOON,
        refusals=1,
        told_at=None,
        probe_at=None,
    )

    await asyncio.gather(*(store.save(pause) for _ in range(5) for store in stores))

    assert await stores[0].load() == pause


async def test_a_server_that_leaves_while_its_videos_go_on_keeps_its_ledger_right(
    both: Sequence[Database],
) -> None:
    stores = [job_store(one) for one in both]
    for number in range(5):
        guild_id = GuildId(number + 1)
        jobs = [
            await reach(stores[0], JobState.QUEUED, make_job(guild_id=guild_id))
            for _ in range(8)
        ]
        await asyncio.gather(
            stores[0].end_of_guild(guild_id, NOON),
            *(
                stores[1].move(job.id, JobState.QUEUED, JobState.CANCELLED, NOON)
                for job in jobs
            ),
        )

    assert await wrong_sums(both[0]) == {}


async def test_claims_and_notes_of_many_jobs_in_any_order_end_in_no_deadlock(
    both: Sequence[Database], rows: Select
) -> None:
    stores = [job_store(one) for one in both]
    jobs = [
        await reach(stores[0], JobState.GENERATING, poll_due_at=NOON) for _ in range(30)
    ]
    ids = [job.id for job in jobs]
    claims = [
        claim
        for half, store in zip((ids[:15], ids[15:]), stores, strict=True)
        for claim in await store.claim(
            Due.POLL, half, due_by=NOON, now=NOON, until=UNTIL
        )
    ]

    def notes(which: Sequence[JobId]) -> dict[JobId, JobChanges]:
        return {job_id: JobChanges(progress=7) for job_id in which}

    await asyncio.gather(
        *(stores[0].renew(claims, UNTIL) for _ in range(4)),
        *(stores[1].renew(claims[::-1], UNTIL) for _ in range(4)),
        *(stores[0].note(notes(ids)) for _ in range(4)),
        *(stores[1].note(notes(ids[::-1])) for _ in range(4)),
        stores[1].finish_all([(one, JobChanges(misses=1)) for one in claims[::-1]]),
        stores[0].end_of_guild(GUILD, NOON),
    )

    deadlocks = await rows(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert deadlocks == [(0,)]


async def test_the_next_look_is_no_later_than_the_end_of_a_lease(
    both: Sequence[Database],
) -> None:
    """Whoever holds it may be dead by then."""
    ours, theirs = (job_store(one) for one in both)
    job = await reach(ours, JobState.DELIVERING, delivery_due_at=NOON)
    later_at = UNTIL + timedelta(seconds=9)
    await reach(ours, JobState.DELIVERING, delivery_due_at=later_at)
    [claim] = await theirs.claim(
        Due.DELIVERY, [job.id], due_by=NOON, now=NOON, until=UNTIL
    )

    assert await ours.due_and_next(Due.DELIVERY, NOON, 9) == ([], UNTIL)
    await theirs.finish(claim, JobChanges(delivery_due_at=None))
    assert await ours.due_and_next(Due.DELIVERY, NOON, 9) == ([], later_at)
