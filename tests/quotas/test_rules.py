"""One decision from one snapshot: which rule refuses, and when it gives way."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.ids import GuildId
from bot.jobs.states import JobState
from bot.jobs.video import VideoRequest
from bot.moderation.records import ModerationFacts
from bot.quotas.limits import LimitSet, Made, SetLimits, Usage
from bot.quotas.prices_shown import PricesShown
from bot.quotas.rules import (
    QuotaAllowed,
    QuotaFacts,
    QuotaRefusal,
    QuotaRule,
    decide_quota,
)
from bot.requests.decision import AdmissionFacts, Admitted, Refusal, decide
from tests.factories import NOON, make_job, make_request, make_rules

TOMORROW = NOON + timedelta(hours=12)
NEXT_MONTH = NOON + timedelta(days=17)
UTC_TOMORROW = NOON + timedelta(hours=9)
"""The operator's bounds go by UTC, whatever the server's time zone is."""


def used(day: int = 0, month: int = 0, at_once: int = 0) -> Usage:
    return Usage(
        day=day,
        month=month,
        at_once=at_once,
        day_ends_at=TOMORROW,
        month_ends_at=NEXT_MONTH,
    )


def made(day: int = 0, month: int = 0) -> Made:
    return Made(
        day=day, month=month, day_ends_at=UTC_TOMORROW, month_ends_at=NEXT_MONTH
    )


def facts(**changes: Any) -> QuotaFacts:
    values: dict[str, Any] = {
        "limits": SetLimits(roles={}),
        "server": used(),
        "member": used(),
        "made": made(),
        "grants": 0,
        "last_request_at": None,
        "total_resets_at": NEXT_MONTH,
    }
    return QuotaFacts(**(values | changes))


def decided(
    known: QuotaFacts,
    *,
    at_once: bool = True,
    costs: float = 5.0,
    request: VideoRequest | None = None,
    **limits: Any,
) -> QuotaAllowed | QuotaRefusal:
    rules = make_rules(**limits).quotas
    return decide_quota(
        known,
        rules,
        request=request or make_request(),
        requested_at=NOON,
        at_once=at_once,
        credits_estimated=costs,
    )


def refused(
    known: QuotaFacts, **limits: Any
) -> tuple[QuotaRule, datetime | None] | None:
    verdict = decided(known, **limits)
    if isinstance(verdict, QuotaAllowed):
        return None
    return verdict.rule, verdict.resets_at


@pytest.mark.parametrize(
    ("whose", "limit", "last", "rule", "resets_at"),
    [
        ("member", "member_per_day", used(day=2, month=2), "member-day", TOMORROW),
        ("member", "member_per_month", used(month=2), "member-month", NEXT_MONTH),
        ("member", "member_at_once", used(at_once=2), "member-at-once", None),
        ("server", "server_per_day", used(day=2, month=2), "server-day", TOMORROW),
        ("server", "server_per_month", used(month=2), "server-month", NEXT_MONTH),
        ("server", "server_at_once", used(at_once=2), "server-at-once", None),
    ],
)
def test_a_limit_lets_as_many_pass_as_it_says(
    whose: str, limit: str, last: Usage, rule: str, resets_at: datetime | None
) -> None:
    known = facts(**{whose: last})

    assert refused(known, **{limit: 3}) is None
    assert refused(known, **{limit: 2}) == (QuotaRule(rule), resets_at)
    assert refused(known, **{limit: 1}) == (QuotaRule(rule), resets_at)
    assert refused(known, **{limit: -1}) is None


@pytest.mark.parametrize(
    ("bound", "counts", "rule", "resets_at"),
    [
        ("server_most_per_day", made(day=2, month=2), "operator-day", UTC_TOMORROW),
        ("server_most_per_month", made(month=2), "operator-month", NEXT_MONTH),
    ],
)
def test_the_operators_bound_counts_what_was_made_and_not_what_was_reset(
    bound: str, counts: Made, rule: str, resets_at: datetime
) -> None:
    """Also for a member who has granted videos left."""
    known = facts(made=counts, grants=5)

    assert refused(known, **{bound: 3}) is None
    assert refused(known, **{bound: 2}) == (QuotaRule(rule), resets_at)
    assert refused(known, **{bound: 1}) == (QuotaRule(rule), resets_at)
    assert refused(known, **{bound: -1}) is None


@pytest.mark.parametrize(
    ("bound", "counts", "rule"),
    [
        ("server_most_per_day", used(day=2, month=2), "operator-day"),
        ("server_most_per_month", used(month=2), "operator-month"),
    ],
)
def test_a_limit_that_is_cut_to_the_operators_bound_is_called_the_operators(
    bound: str, counts: Usage, rule: str
) -> None:
    admins = SetLimits(server=LimitSet(per_day=100, per_month=100), roles={})
    known = facts(server=counts, limits=admins)

    found = refused(known, **{bound: 2})

    assert found is not None
    assert found[0] == QuotaRule(rule)


@pytest.mark.parametrize("bound", ["per_day", "per_month", "at_once"])
def test_a_bound_of_0_promises_no_date(bound: str) -> None:
    known = facts(made=made(day=2, month=2), server=used(day=2, month=2, at_once=2))

    assert refused(known, **{f"server_most_{bound}": 0}, server_per_day=2) == (
        QuotaRule.OPERATOR_NONE,
        None,
    )


@pytest.mark.parametrize("limit", ["per_day", "per_month", "at_once"])
@pytest.mark.parametrize("whose", ["member", "server"])
def test_a_limit_of_0_promises_no_date(whose: str, limit: str) -> None:
    """Not its own, and not that of another limit that is reached as well."""
    known = facts(member=used(day=2, month=2), server=used(day=2, month=2))

    for others in ({}, {"member_per_month": 2}, {"server_per_month": 2}):
        limits = {**others, f"{whose}_{limit}": 0}
        assert refused(known, **limits) == (QuotaRule(f"{whose}-none"), None)


def test_a_ceiling_below_one_price_promises_no_date() -> None:
    verdict = decided(facts(server_spent=0.0), server_credits_per_month=4.0, costs=4.1)

    assert isinstance(verdict, QuotaRefusal)
    assert (verdict.rule, verdict.resets_at) == (QuotaRule.NO_BUDGET, None)


def test_the_refusal_says_what_the_month_has_left() -> None:
    verdict = decided(
        facts(member=used(day=2, month=7)), member_per_day=2, member_per_month=10
    )

    assert isinstance(verdict, QuotaRefusal)
    assert verdict.left_this_month == 3


def test_of_several_rules_the_one_that_takes_longest_is_named() -> None:
    known = facts(member=used(day=5, month=5, at_once=5), server=used(month=9))

    assert refused(known, member_per_day=5, member_at_once=5, server_per_month=9) == (
        QuotaRule.SERVER_MONTH,
        NEXT_MONTH,
    )


@pytest.mark.parametrize("limit", ["member_per_day", "member_per_month"])
def test_a_grant_is_used_where_the_member_s_own_is_used_up(limit: str) -> None:
    known = facts(member=used(day=1, month=1), grants=1)

    left: dict[str, Any] = {limit: 2}
    none_left: dict[str, Any] = {limit: 1}
    assert decided(known, **left) == QuotaAllowed(from_grant=False)
    assert decided(known, **none_left) == QuotaAllowed(from_grant=True)


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        ("server_per_day", "server-day"),
        ("server_at_once", "server-at-once"),
        ("member_at_once", "member-at-once"),
    ],
)
def test_a_grant_lifts_no_other_limit(limit: str, rule: str) -> None:
    counts = used(day=1, month=1, at_once=1)
    known = facts(member=counts, server=counts, grants=5)

    found = refused(known, member_per_day=1, **{limit: 1})

    assert found is not None
    assert found[0] == QuotaRule(rule)


def test_a_request_that_awaits_review_takes_no_place_among_those_being_made() -> None:
    """It holds one in the day and in the month."""
    known = facts(member=used(at_once=2, day=2, month=2))

    assert decided(known, at_once=False, member_at_once=2) == QuotaAllowed(
        from_grant=False
    )
    assert isinstance(decided(known, at_once=False, member_per_day=2), QuotaRefusal)


@pytest.mark.parametrize(
    ("ago_s", "free"), [(0, False), (59, False), (60, True), (61, True)]
)
def test_a_cooldown_is_over_to_the_second(ago_s: int, *, free: bool) -> None:
    last = NOON - timedelta(seconds=ago_s)

    found = refused(facts(last_request_at=last), member_cooldown_s=60)

    over_at = last + timedelta(seconds=60)
    assert found == (None if free else (QuotaRule.COOLDOWN, over_at))


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_cooldown_of_nothing_is_none(seconds: int) -> None:
    assert refused(facts(last_request_at=NOON), member_cooldown_s=seconds) is None


@pytest.mark.parametrize(
    ("spent", "costs", "free"),
    [
        (95.0, 5.0, True),
        (95.1, 5.0, False),
        (40.0, 60.0, True),
        (40.0, 60.01, False),
        (0.1 + 0.2, 99.7, True),
    ],
)
@pytest.mark.parametrize("whose", ["server", "total"])
def test_what_is_expected_counts_against_a_ceiling(
    whose: str, spent: float, costs: float, *, free: bool
) -> None:
    """Many at once must not get past it, because none of them is paid for yet."""
    known = facts(**{"server_spent": 0.0, "total_spent": 0.0, f"{whose}_spent": spent})

    ceiling: dict[str, Any] = {f"{whose}_credits_per_month": 100.0}
    verdict = decided(known, costs=costs, **ceiling)

    if free:
        assert verdict == QuotaAllowed(from_grant=False)
    else:
        assert isinstance(verdict, QuotaRefusal)
        assert verdict.rule is QuotaRule(f"{whose}-credits")
        assert verdict.resets_at == NEXT_MONTH


def test_an_admitted_job_goes_to_the_queue() -> None:
    verdict = decide(
        make_job(),
        AdmissionFacts(
            quota=facts(), moderation=ModerationFacts(), prices=PricesShown.NOBODY
        ),
        make_rules(),
    )

    assert verdict == Admitted(state=JobState.QUEUED, from_grant=False)


def test_a_refusal_names_its_text_and_the_values_in_it() -> None:
    known = AdmissionFacts(
        quota=facts(
            member=used(day=4, month=4),
            limits=SetLimits(member=LimitSet(per_day=4), roles={}),
        ),
        moderation=ModerationFacts(),
        prices=PricesShown.NOBODY,
    )

    verdict = decide(make_job(), known, make_rules())

    assert isinstance(verdict, Refusal)
    assert verdict.text_id == "refused-member-day"
    assert verdict.values == {"limit": 4, "when": TOMORROW, "left": -1}


@pytest.mark.parametrize(
    ("allowed", "barred", "free"),
    [
        (None, (), True),
        ({1}, (), True),
        ({2}, (), False),
        (set(), (), False),
        (None, {1}, False),
        ({1}, {1}, False),
    ],
)
def test_the_operator_says_for_which_servers_there_are_videos(
    allowed: set[int] | None, barred: set[int], *, free: bool
) -> None:
    rules = make_rules(
        guilds_allowed=None if allowed is None else {GuildId(one) for one in allowed},
        guilds_barred={GuildId(one) for one in barred},
    )

    verdict = decide(
        make_job(guild_id=GuildId(1)),
        AdmissionFacts(
            quota=facts(), moderation=ModerationFacts(), prices=PricesShown.NOBODY
        ),
        rules,
    )

    assert isinstance(verdict, Admitted) == free


@pytest.mark.parametrize("whose", ["member", "server"])
@pytest.mark.parametrize("window", ["day", "month"])
def test_a_limit_in_credits_says_by_how_much_a_clip_would_pass_it(
    whose: str, window: str
) -> None:
    counts: dict[str, Any] = {f"credits_{window}": 80.0}
    spent = replace(used(day=1, month=1), **counts)
    of = {whose: LimitSet(**{f"credits_per_{window}": 100})}
    known = facts(**{whose: spent}, limits=SetLimits(**of, roles={}))

    assert refused_by(known, costs=20.0) is None
    refusal = refused_by(known, costs=32.5)

    assert refusal is not None
    assert refusal.rule is QuotaRule(f"{whose}-{window}-credits")
    assert (refusal.costs, refusal.over) == (32.5, 12.5)
    assert refusal.resets_at == (TOMORROW if window == "day" else NEXT_MONTH)
    never = refused_by(known, costs=100.1)
    assert never is not None
    assert (never.rule, never.resets_at) == (QuotaRule(f"{whose}-too-dear"), None)


@pytest.mark.parametrize("whose", ["member", "server"])
def test_without_credits_nothing_is_made(whose: str) -> None:
    limits = SetLimits(**{whose: LimitSet(credits_per_month=0)}, roles={})

    refusal = refused_by(facts(limits=limits), costs=0.1)

    assert refusal is not None
    assert refusal.rule is QuotaRule(f"{whose}-none")


def test_a_grant_lifts_a_member_s_credits_and_not_the_server_s() -> None:
    spent = replace(used(), credits_day=99.0)
    limit = LimitSet(credits_per_day=100)
    known = facts(member=spent, server=spent, grants=1)

    of_member = replace(known, limits=SetLimits(members=limit, roles={}))
    assert decided(of_member) == QuotaAllowed(from_grant=True)
    of_server = replace(known, limits=SetLimits(server=limit, roles={}))
    assert isinstance(decided(of_server), QuotaRefusal)


@pytest.mark.parametrize("whose", ["member", "members", "server"])
def test_a_clip_is_no_longer_than_is_allowed(whose: str) -> None:
    limits = SetLimits(**{whose: LimitSet(longest_s=10)}, roles={})
    known = facts(limits=limits)

    assert refused_by(known, request=make_request(duration_s=10)) is None
    refusal = refused_by(known, request=make_request(duration_s=11))

    assert refusal is not None
    assert (refusal.rule, refusal.resets_at) == (QuotaRule.TOO_LONG, None)


@pytest.mark.parametrize(
    ("model", "quality", "free"),
    [
        ("seedance-2.0-text-to-video", "480p", True),
        ("seedance-2.0-text-to-video", "720p", True),
        ("seedance-2.0-text-to-video", None, True),
        ("seedance-2.0-text-to-video", "1080p", False),
        ("seedance-2.0-text-to-video", "4k", False),
        ("grok-imagine-text-to-video", None, True),
    ],
)
def test_a_clip_is_no_better_than_is_allowed(
    model: str, quality: str | None, *, free: bool
) -> None:
    known = facts(limits=SetLimits(members=LimitSet(best_quality=720), roles={}))

    refusal = refused_by(known, request=make_request(model=model, quality=quality))

    assert (refusal is None) == free
    assert refusal is None or refusal.rule is QuotaRule.TOO_FINE


def refused_by(known: QuotaFacts, **asked: Any) -> QuotaRefusal | None:
    verdict = decided(known, **asked)
    return verdict if isinstance(verdict, QuotaRefusal) else None
