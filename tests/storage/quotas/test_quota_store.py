"""What admins set is kept, with an audit row beside it."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.limits import UNSET, LimitSet, Scope
from bot.quotas.settings import AdminAction, MadeVideo, Target
from bot.requests.admission import AdmissionStore
from bot.requests.decision import Admitted
from bot.servers.people import FORGOTTEN
from storage.database.engine import Database
from storage.privacy.store import SqlPrivacyStore
from storage.quotas import made
from storage.quotas.store import SqlQuotaStore
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select
from tests.storage.history import FIRST_SERVER, put_history
from tests.stores import Used

S = JobState
GUILD = make_job().guild_id
MEMBER = make_job().user_id
ADMIN = UserId(99)
ADMIN_ACTION = AdminAction(guild_id=GUILD, actor_id=ADMIN, at=NOON)
AUDIT = "SELECT actor_id, action, subject, before, after, reason FROM audit ORDER BY id"


@pytest.fixture
def quotas(database: Database) -> SqlQuotaStore:
    return SqlQuotaStore(database, with_spending=False)


async def month(used: Used, user_id: UserId | None = MEMBER) -> int:
    return (await used(GUILD, user_id, NOON)).month


async def grants(quotas: SqlQuotaStore) -> int:
    return (await quotas.facts(GUILD, MEMBER, (), NOON)).grants


async def test_what_is_left_out_stays_as_it_is(
    quotas: SqlQuotaStore, rows: Select
) -> None:
    target = Target(scope=Scope.ROLE, subject_id=7)
    await quotas.set_limits(ADMIN_ACTION, target, LimitSet(per_day=3, at_once=1))

    changed = await quotas.set_limits(
        ADMIN_ACTION, target, LimitSet(per_day=0, cooldown_s=30)
    )

    assert changed.before == LimitSet(per_day=3, at_once=1)
    assert changed.after == LimitSet(per_day=0, at_once=1, cooldown_s=30)
    standing = await quotas.facts(GUILD, MEMBER, {7, 8}, NOON)
    assert standing.limits.roles == {7: changed.after}
    assert (await quotas.facts(GUILD, MEMBER, {8}, NOON)).limits.roles == {}
    *_, (actor, action, subject, before, after, reason) = await rows(AUDIT)
    assert (actor, action, subject, reason) == (99, "quota.limits", "role:7", None)
    assert json.loads(before) == {"per_day": 3, "at_once": 1}
    assert json.loads(after) == {"per_day": 0, "at_once": 1, "cooldown_s": 30}


async def test_each_scope_is_cleared_alone(quotas: SqlQuotaStore) -> None:
    targets = [
        Target(scope=Scope.SERVER),
        Target(scope=Scope.MEMBERS),
        Target(scope=Scope.ROLE, subject_id=7),
        Target(scope=Scope.MEMBER, subject_id=MEMBER),
    ]
    for target in targets:
        await quotas.set_limits(ADMIN_ACTION, target, LimitSet(per_day=3))

    changed = await quotas.clear_limits(ADMIN_ACTION, targets[1])

    assert changed.before == LimitSet(per_day=3)
    settings = await quotas.settings(GUILD)
    assert settings.members == UNSET
    assert settings.server == settings.roles[7] == LimitSet(per_day=3)
    assert settings.members_with_own == 1


async def test_settings_of_one_server_are_no_other_s(quotas: SqlQuotaStore) -> None:
    await quotas.set_limits(
        ADMIN_ACTION, Target(scope=Scope.SERVER), LimitSet(per_day=3)
    )
    await quotas.set_zone(ADMIN_ACTION, "Asia/Tokyo")

    other = await quotas.settings(GuildId(1))

    assert (other.server, other.zone) == (UNSET, "UTC")


async def test_the_windows_follow_the_server_s_zone(
    quotas: SqlQuotaStore, used: Used
) -> None:
    """At noon UTC it is nine in the evening in Tokyo: the day ends in three hours."""
    assert await quotas.set_zone(ADMIN_ACTION, "Asia/Tokyo") == "UTC"

    usage = await used(GUILD, MEMBER, NOON)

    assert usage.day_ends_at - NOON == timedelta(hours=3)
    assert await quotas.set_zone(ADMIN_ACTION, "UTC") == "Asia/Tokyo"


async def test_a_grant_never_falls_below_zero(
    quotas: SqlQuotaStore, rows: Select
) -> None:
    await quotas.grant(ADMIN_ACTION, MEMBER, 5, "well done")
    changed = await quotas.grant(ADMIN_ACTION, MEMBER, -9, None)

    assert (changed.before, changed.after) == (5, 0)
    assert await rows("SELECT grants FROM ledger ORDER BY id") == [(5,), (-5,)]
    assert [row[5] for row in await rows(AUDIT)] == ["well done", None]
    nothing = await quotas.grant(ADMIN_ACTION, MEMBER, -1, None)
    assert (nothing.before, nothing.after) == (0, 0)
    assert len(await rows("SELECT id FROM ledger")) == 2


@pytest.mark.parametrize("user_id", [MEMBER, None])
async def test_a_reset_sets_the_month_back_and_no_other(
    quotas: SqlQuotaStore, store: JobStore, user_id: UserId | None, used: Used
) -> None:
    """A member's leaves the server's usage as it is."""
    earlier = NOON - timedelta(days=40)
    await reach(store, S.DELIVERED, make_job(requested_at=earlier))
    for state in (S.DELIVERED, S.GENERATING, S.FAILED):
        await reach(store, state)

    assert await quotas.reset(ADMIN_ACTION, user_id) == 2

    assert await month(used) == 0
    assert await month(used, None) == (2 if user_id else 0)
    assert (await used(GUILD, MEMBER, earlier)).month == 1
    assert await quotas.reset(ADMIN_ACTION, user_id) == 0


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Honolulu"])
async def test_what_was_reset_stays_so_by_any_clock(
    quotas: SqlQuotaStore, store: JobStore, zone: str, used: Used
) -> None:
    """The counter-entries stand where the videos stand."""
    for hours in (1, 5, 9, 11):
        job = make_job(requested_at=NOON - timedelta(hours=hours))
        await reach(store, S.DELIVERED, job)
    await quotas.reset(ADMIN_ACTION, MEMBER)

    await quotas.set_zone(ADMIN_ACTION, zone)

    for hours in range(-30, 30):
        usage = await used(GUILD, MEMBER, NOON + timedelta(hours=hours))
        assert (usage.day, usage.month) == (0, 0)


@pytest.mark.parametrize("user_id", [MEMBER, None])
async def test_a_release_after_a_reset_hides_no_later_video(
    quotas: SqlQuotaStore, store: JobStore, user_id: UserId | None, used: Used
) -> None:
    before = await reach(store, S.GENERATING)
    await quotas.reset(ADMIN_ACTION, user_id)
    await reach(store, S.GENERATING)

    await store.move(before.id, S.GENERATING, S.FAILED, NOON)

    assert await month(used) == 1
    assert await month(used, None) == 1


async def test_a_member_s_reset_and_then_everybody_s_count_back_once(
    quotas: SqlQuotaStore, store: JobStore, used: Used
) -> None:
    await reach(store, S.GENERATING)
    await quotas.reset(ADMIN_ACTION, MEMBER)
    await quotas.reset(ADMIN_ACTION, None)

    assert (await month(used), await month(used, None)) == (0, 0)


@pytest.fixture
async def granted_job(
    store: JobStore, decisions: AdmissionStore, quotas: SqlQuotaStore
) -> Job:
    """Return a job that was reserved from a grant, the only one."""
    await quotas.grant(ADMIN_ACTION, MEMBER, 1, None)
    job = make_job()
    assert await store.receive(job)
    accepted = await decisions.accept(
        job, NOON, lambda _: Admitted(state=S.QUEUED, from_grant=True)
    )
    assert isinstance(accepted, Job)
    return accepted


@pytest.mark.usefixtures("granted_job")
async def test_a_granted_video_counts_for_the_server_alone(
    quotas: SqlQuotaStore, used: Used
) -> None:
    assert (await month(used), await month(used, None)) == (0, 1)
    assert await grants(quotas) == 0


async def test_a_grant_comes_back_with_the_release_of_its_job(
    quotas: SqlQuotaStore, store: JobStore, granted_job: Job, used: Used
) -> None:
    """Also if everybody was set back meanwhile."""
    await quotas.reset(ADMIN_ACTION, None)

    await store.move(granted_job.id, S.QUEUED, S.CANCELLED, NOON)

    assert await grants(quotas) == 1
    assert (await month(used), await month(used, None)) == (0, 0)


@pytest.mark.parametrize("sql", ["DELETE FROM audit", "UPDATE audit SET at = 0"])
async def test_the_audit_is_never_rewritten(
    quotas: SqlQuotaStore, database: Database, sql: str
) -> None:
    await quotas.set_zone(ADMIN_ACTION, "Asia/Tokyo")

    with pytest.raises(IntegrityError, match="append-only"):
        await database.write(lambda connection: connection.execute(text(sql)))


async def test_reports_are_read_page_by_page(
    quotas: SqlQuotaStore, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No job is missed or read twice, whatever the order of requests."""
    monkeypatch.setattr(made, "PAGE", 2)
    monkeypatch.setattr(made, "_PAGE", made._PAGE.limit(2))
    for user in (1, 2):
        for state in (S.DELIVERED, S.FAILED, S.QUEUED):
            job = make_job(user_id=UserId(user))
            await reach(store, state, job, credits_used=4.5)
    await reach(store, S.REFUSED)

    pages = [
        page
        async for page in quotas.made(
            GUILD, NOON - timedelta(days=1), NOON + timedelta(days=1)
        )
    ]

    videos: list[MadeVideo] = [video for page in pages for video in page]
    assert len(pages) == 3
    assert [video.user_id for video in videos] == [1, 1, 1, 2, 2, 2]
    assert sorted(video.state for video in videos[:3]) == [
        "delivered",
        "failed",
        "queued",
    ]
    assert sum(video.counts for video in videos) == 4
    assert sum(video.credits for video in videos) == 27.0


async def test_reports_reckon_with_the_estimate_until_evolink_says_more(
    quotas: SqlQuotaStore, store: JobStore
) -> None:
    expected: dict[str, Any] = {"credits_estimated": 7.0}
    await reach(store, S.QUEUED, **expected)
    await reach(store, S.GENERATING, credits_reserved=6.0, **expected)
    await reach(store, S.DELIVERED, credits_reserved=6.0, credits_used=5.0, **expected)
    await reach(store, S.CANCELLED, **expected)

    day = timedelta(days=1)
    pages = [page async for page in quotas.made(GUILD, NOON - day, NOON + day)]

    assert sorted(one.credits for page in pages for one in page) == [0, 5, 6, 7]


async def test_reports_count_what_the_ledger_counts(
    quotas: SqlQuotaStore, store: JobStore, database: Database, used: Used
) -> None:
    """Of each job, also of a reset one that is released, and of a forgotten member."""
    mia, ben, gone = UserId(1), UserId(2), UserId(3)
    before = [
        await reach(store, state, make_job(user_id=user_id))
        for user_id in (mia, ben, gone)
        for state in (S.DELIVERED, S.QUEUED, S.FAILED, S.DENIED)
    ]
    await quotas.reset(ADMIN_ACTION, None)
    (queued, *_) = [job for job in before if job.state is S.QUEUED]
    await store.move(queued.id, S.QUEUED, S.CANCELLED, NOON)
    later = NOON + timedelta(seconds=1)
    for user_id in (mia, ben, gone):
        job = make_job(user_id=user_id, requested_at=later)
        await reach(store, S.DELIVERED, job)
    await quotas.reset(replace(ADMIN_ACTION, at=later), mia)
    for job in before:
        if job.state is S.QUEUED and job.user_id == gone:
            # Nobody is forgotten while something of theirs is open.
            assert await store.move(job.id, S.QUEUED, S.CANCELLED, NOON)
    assert await SqlPrivacyStore(database).forget(gone, later)

    day = timedelta(days=1)
    pages = [page async for page in quotas.made(GUILD, NOON - day, NOON + day)]

    counted = Counter(one.user_id for page in pages for one in page if one.counts)
    # A reset of her own left what she used of the server's.
    assert counted == {mia: 1, ben: 1, FORGOTTEN: 1}
    assert await month(used, None) == 3


async def test_a_reset_of_many_videos_lets_others_write_in_between(
    database: Database, used: Used, rows: Select
) -> None:
    """They are written off in portions, and recorded once, as a whole."""
    await put_history(
        database, int(NOON.timestamp() * 1_000_000), jobs=1_300, servers=1
    )
    guild_id = GuildId(FIRST_SERVER)
    store = SqlQuotaStore(database, with_spending=False)
    admin_action = AdminAction(guild_id=guild_id, actor_id=UserId(7), at=NOON)
    transactions = []

    def begun(_: object) -> None:
        transactions.append(1)

    event.listen(database._writing.engine, "begin", begun)
    reset = await store.reset(admin_action, None)

    assert reset == 1_300
    assert len(transactions) == 7
    usage = await used(guild_id, None, NOON)
    assert (usage.day, usage.month) == (0, 0)
    assert len(await rows(AUDIT)) == 1_301
    assert await store.reset(admin_action, None) == 0
