"""What admins may do about quotas, and nobody else."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import NotAllowed, Refused
from bot.ids import UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.administration import Quotas
from bot.quotas.limits import LimitKind, LimitSet, Scope
from bot.quotas.prices_shown import PricesShown
from bot.quotas.settings import LARGEST, MOST_GRANTED, Target
from bot.quotas.status import QuotaStatuses
from bot.servers.audit import REASON_MAX_CHARS
from bot.servers.people import Actor
from storage.database.engine import Database
from storage.quotas.price_settings import SqlPrices
from storage.quotas.store import SqlQuotaStore
from tests.clock import FakeClock
from tests.factories import NOON, make_job, make_rules, reach
from tests.servers.people import make_actor

Action = Callable[[Quotas, Actor], Awaitable[Any]]

EVERYBODY = Target(scope=Scope.MEMBERS)
ACTIONS: dict[str, Action] = {
    "view": lambda quotas, actor: quotas.view(actor),
    "view member": lambda quotas, actor: quotas.view_member(actor, UserId(1), ()),
    "set": lambda quotas, actor: quotas.set_limits(
        actor, EVERYBODY, LimitSet(per_day=1)
    ),
    "clear": lambda quotas, actor: quotas.clear_limits(actor, EVERYBODY),
    "grant": lambda quotas, actor: quotas.grant(actor, UserId(1), 3, None),
    "reset": lambda quotas, actor: quotas.reset(actor, None),
    "zone": lambda quotas, actor: quotas.set_zone(actor, "Asia/Tokyo"),
    "prices": lambda quotas, actor: quotas.set_prices(actor, PricesShown.EVERYONE),
    "report": lambda quotas, actor: quotas.report(actor, 30),
}


@pytest.fixture
def rows(database: Database) -> SqlQuotaStore:
    return SqlQuotaStore(database, with_spending=False)


@pytest.fixture
def usage(rows: SqlQuotaStore, clock: FakeClock) -> QuotaStatuses:
    return QuotaStatuses(rows, make_rules(member_per_day=5).quotas, clock)


@pytest.fixture
def prices(database: Database) -> SqlPrices:
    return SqlPrices(database)


@pytest.fixture
def quotas(
    rows: SqlQuotaStore, prices: SqlPrices, usage: QuotaStatuses, clock: FakeClock
) -> Quotas:
    defaults = make_rules().quotas.defaults
    most = LimitSet(per_day=200, per_month=-1, at_once=0)
    return Quotas(rows, prices, usage, replace(defaults, server_most=most), clock)


@pytest.fixture
def admin() -> Actor:
    return replace(make_actor(), is_manager=True, is_moderator=True)


@pytest.mark.parametrize("moderator", [False, True])
@pytest.mark.parametrize("action", list(ACTIONS))
async def test_nothing_is_done_for_whoever_may_not_manage(
    quotas: Quotas,
    rows: SqlQuotaStore,
    action: str,
    *,
    moderator: bool,
) -> None:
    actor = replace(make_actor(), is_manager=False, is_moderator=moderator)
    before = await rows.settings(actor.guild_id)

    with pytest.raises(NotAllowed, match="not-allowed-managers"):
        await ACTIONS[action](quotas, actor)

    assert await rows.settings(actor.guild_id) == before


@pytest.mark.parametrize("action", list(ACTIONS))
async def test_whoever_manages_the_server_may(
    quotas: Quotas, admin: Actor, action: str
) -> None:
    await ACTIONS[action](quotas, admin)


@pytest.mark.parametrize(
    ("action", "text_id"),
    [
        (lambda q, a: q.set_limits(a, EVERYBODY, LimitSet()), "quota-nothing-given"),
        (lambda q, a: q.set_limits(a, EVERYBODY, LimitSet(per_day=-2)), "bad-number"),
        (
            lambda q, a: q.set_limits(a, EVERYBODY, LimitSet(at_once=LARGEST + 1)),
            "bad-number",
        ),
        (lambda q, a: q.grant(a, UserId(1), 0, None), "quota-bad-grant"),
        (lambda q, a: q.grant(a, UserId(1), MOST_GRANTED + 1, None), "bad-grant"),
        (lambda q, a: q.grant(a, UserId(1), 1, "x" * (REASON_MAX_CHARS + 1)), "long"),
        (lambda q, a: q.set_zone(a, "Atlantis/Capital"), "quota-bad-zone"),
        (lambda q, a: q.set_zone(a, "../etc/passwd"), "quota-bad-zone"),
    ],
    ids=itertools.count(),
)
async def test_a_bad_value_changes_nothing(
    quotas: Quotas,
    rows: SqlQuotaStore,
    admin: Actor,
    action: Callable[[Quotas, Actor], Awaitable[Any]],
    text_id: str,
) -> None:
    before = await rows.settings(admin.guild_id)

    with pytest.raises(Refused, match=text_id):
        await action(quotas, admin)

    assert await rows.settings(admin.guild_id) == before


@pytest.mark.parametrize("days", [0, 366])
async def test_a_report_covers_a_year_at_most(
    quotas: Quotas, admin: Actor, days: int
) -> None:
    with pytest.raises(Refused, match="quota-bad-days"):
        await quotas.report(admin, days)


async def test_a_zone_may_be_typed_by_hand(quotas: Quotas, admin: Actor) -> None:
    assert await quotas.set_zone(admin, " america/new york ") == "America/New_York"


async def test_the_view_shows_what_is_set_and_what_counts(
    quotas: Quotas, store: JobStore, admin: Actor
) -> None:
    await reach(store, JobState.GENERATING, make_job(guild_id=admin.guild_id))
    await quotas.set_limits(admin, EVERYBODY, LimitSet(per_day=3))

    view = await quotas.view(admin)

    assert view.settings.members == LimitSet(per_day=3)
    assert view.quota.server.day == view.quota.server.at_once == 1
    assert view.quota.member_limits[LimitKind.PER_DAY].value == 3


async def test_usage_is_the_members_own_in_this_server(
    usage: QuotaStatuses, store: JobStore, clock: FakeClock
) -> None:
    actor = make_actor()
    for user_id in (actor.user_id, UserId(1)):
        job = make_job(guild_id=actor.guild_id, user_id=user_id)
        await reach(store, JobState.QUEUED, job)

    standing = await usage.of(actor)

    assert (standing.member.day, standing.member.at_once) == (1, 1)
    assert (standing.server.day, standing.server.at_once) == (2, 2)
    assert standing.member.day_ends_at > clock.now()
    assert standing.member_limits[LimitKind.PER_DAY].value == 5


@pytest.mark.parametrize(
    ("target", "limits", "limited", "most"),
    [
        (Target(scope=Scope.SERVER), LimitSet(credits_per_month=500), True, 500),
        (Target(scope=Scope.SERVER), LimitSet(credits_per_month=0), True, 0),
        (Target(scope=Scope.SERVER), LimitSet(credits_per_month=-1), False, None),
        (
            Target(scope=Scope.MEMBER, subject_id=8),
            LimitSet(credits_per_day=9),
            True,
            0,
        ),
        (Target(scope=Scope.ROLE, subject_id=8), LimitSet(credits_per_day=9), True, 0),
        (EVERYBODY, LimitSet(per_month=9, longest_s=5), False, None),
    ],
)
async def test_a_report_knows_whether_credits_are_limited_for_anybody(
    quotas: Quotas,
    admin: Actor,
    target: Target,
    limits: LimitSet,
    most: int | None,
    *,
    limited: bool,
) -> None:
    await quotas.set_limits(admin, target, limits)

    known = await quotas.report(admin, 7)

    assert known.limits_credits == limited
    is_servers = target.scope is Scope.SERVER
    assert known.month.credits_limit == (most if is_servers else None)


async def test_a_report_has_estimates_of_open_videos_and_prices_of_others(
    quotas: Quotas, store: JobStore, admin: Actor
) -> None:
    """And nothing for what failed; the month before this day is known as well."""

    def job(days_ago: int = 0) -> Job:
        return make_job(
            guild_id=admin.guild_id,
            requested_at=NOON - timedelta(days=days_ago),
            credits_estimated=9.0,
        )

    await reach(store, JobState.QUEUED, job())
    await reach(store, JobState.GENERATING, job(), credits_reserved=8.0)
    await reach(store, JobState.DELIVERED, job(), credits_used=4.0)
    await reach(store, JobState.FAILED, job(), credits_reserved=8.0)
    await reach(store, JobState.DELIVERED, job(14), credits_used=5.0)
    await reach(store, JobState.DELIVERED, job(16), credits_used=6.0)

    known = await quotas.report(admin, 1)

    (line,) = known.members
    assert (line.requested, line.counted) == (4, 3)
    assert (line.credits, line.credits_open) == (21.0, 17.0)
    assert (known.month.videos, known.month.credits) == (4, 26.0)


@pytest.mark.parametrize(
    ("limits", "kind"),
    [
        (LimitSet(per_day=201), "per_day"),
        (LimitSet(per_day=-1, per_month=9), "per_day"),
        (LimitSet(per_month=-1, at_once=1), "at_once"),
    ],
)
async def test_no_server_is_allowed_more_than_the_operator_lets_it(
    quotas: Quotas, rows: SqlQuotaStore, admin: Actor, limits: LimitSet, kind: str
) -> None:
    server = Target(scope=Scope.SERVER)

    with pytest.raises(Refused, match=f"quota-too-much-{kind}"):
        await quotas.set_limits(admin, server, limits)

    assert (await rows.settings(admin.guild_id)).server == LimitSet()


async def test_up_to_the_most_everything_can_be_set(
    quotas: Quotas, rows: SqlQuotaStore, admin: Actor
) -> None:
    limits = LimitSet(per_day=200, per_month=-1, at_once=0)

    await quotas.set_limits(admin, Target(scope=Scope.SERVER), limits)
    # Members share what the server may make: for them any number may be set.
    await quotas.set_limits(admin, EVERYBODY, LimitSet(per_day=-1))

    assert (await rows.settings(admin.guild_id)).server == limits
