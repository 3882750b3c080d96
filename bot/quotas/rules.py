"""Whether a member may have one more video made, from a snapshot of what counts. Pure.

Several limits may be reached; the refusal names the one that lasts longest.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.jobs.video import VideoRequest
from bot.models.choices import LINES
from bot.models.known import profile_of
from bot.quotas.limits import (
    Bound,
    DefaultLimits,
    Limit,
    LimitKind,
    Made,
    SetLimits,
    Usage,
    bounds_of,
    member_limits,
    server_limits,
)

DECIMALS = 4
"""Of sums of credits: what lies beyond is an error of floating point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaFacts:
    """What counts for a member and for the server, at the time of a request."""

    limits: SetLimits
    server: Usage
    member: Usage
    made: Made
    """In the server, whatever its admins reset."""
    grants: int
    """Videos granted beyond the day's and month's limits that are left."""
    last_request_at: datetime | None
    """Of the member's last request that was accepted and did not fail."""
    zone: str = "UTC"
    server_spent: float | None = None
    """Credits of the month: charged or reserved by EvoLink or, until it tells,
    estimated. None = not looked up, because nobody set a ceiling."""
    total_spent: float | None = None
    total_resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRules:
    """The operator's part, from the configuration."""

    defaults: DefaultLimits
    server_credits_per_month: float | None
    """Ceiling for each server; None = none."""
    total_credits_per_month: float | None

    @property
    def watch_spending(self) -> bool:
        """Whether any ceiling is set."""
        return (
            self.server_credits_per_month is not None
            or self.total_credits_per_month is not None
        )


class QuotaRule(StrEnum):
    """Which rule refused. The values are the ends of texts' ids."""

    SERVER_DAY = "server-day"
    SERVER_MONTH = "server-month"
    SERVER_AT_ONCE = "server-at-once"
    MEMBER_DAY = "member-day"
    MEMBER_MONTH = "member-month"
    MEMBER_AT_ONCE = "member-at-once"
    COOLDOWN = "cooldown"
    SERVER_CREDITS = "server-credits"
    TOTAL_CREDITS = "total-credits"
    OPERATOR_DAY = "operator-day"
    OPERATOR_MONTH = "operator-month"
    """The operator's bound of a server is reached, whatever its admins set or reset."""
    SERVER_NONE = "server-none"
    MEMBER_NONE = "member-none"
    OPERATOR_NONE = "operator-none"
    """A limit is 0: waiting does not help."""
    SERVER_DAY_CREDITS = "server-day-credits"
    SERVER_MONTH_CREDITS = "server-month-credits"
    MEMBER_DAY_CREDITS = "member-day-credits"
    MEMBER_MONTH_CREDITS = "member-month-credits"
    SERVER_TOO_DEAR = "server-too-dear"
    MEMBER_TOO_DEAR = "member-too-dear"
    """It costs more than a whole day or month may."""
    TOO_LONG = "too-long"
    TOO_FINE = "too-fine"
    """Its quality is better than is allowed."""
    NO_BUDGET = "no-budget"
    """A ceiling in credits is below the price of one video."""


_NEVER = frozenset(
    {
        QuotaRule.SERVER_NONE,
        QuotaRule.MEMBER_NONE,
        QuotaRule.OPERATOR_NONE,
        QuotaRule.SERVER_TOO_DEAR,
        QuotaRule.MEMBER_TOO_DEAR,
        QuotaRule.TOO_LONG,
        QuotaRule.TOO_FINE,
        QuotaRule.NO_BUDGET,
    }
)
"""The rules that time alone does not lift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRefusal:
    """Why not, and when it may be tried again."""

    rule: QuotaRule
    resets_at: datetime | None
    """When time lifts this rule; None = when a video has ended, or never."""
    limit: Limit | None = None
    """The limit that is reached; None for a ceiling in credits."""
    left_this_month: int | None = None
    """Videos that the month has left, where it is only the day that is used up; None
    where the month has no limit."""
    costs: float | None = None
    """Of a limit in credits: what the video is expected to cost."""
    over: float | None = None
    """Of a limit or a ceiling in credits: by how much it would go beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaAllowed:
    """It may be made."""

    from_grant: bool
    """It is one of those granted beyond the member's limits."""


def decide_quota(
    facts: QuotaFacts,
    rules: QuotaRules,
    *,
    request: VideoRequest,
    requested_at: datetime,
    at_once: bool,
    credits_estimated: float | None,
) -> QuotaAllowed | QuotaRefusal:
    """Return whether one more video may be reserved.

    `at_once` is False for a request that waits for a moderator first: it takes a place
    in the day and the month, but none among the videos being made.
    """
    of_server = server_limits(facts.limits, rules.defaults)
    of_member = member_limits(facts.limits, rules.defaults)
    refusals: list[QuotaRefusal] = [
        *_ceilings(facts, rules, credits_estimated),
        *_bounds(bounds_of(facts.made, rules.defaults)),
        *_windows(of_server, facts.server, "server"),
        *_credits(of_server, facts.server, "server", credits_estimated),
        *_sizes(of_server, request),
        *_sizes(of_member, request),
        *(_places(of_server, of_member, facts) if at_once else ()),
        *_cooldown(of_member[LimitKind.COOLDOWN], facts, requested_at),
    ]
    own = [
        *_windows(of_member, facts.member, "member"),
        *_credits(of_member, facts.member, "member", credits_estimated),
    ]
    from_grant = bool(own) and facts.grants > 0
    if not from_grant:
        refusals += own
    if refusals:
        return max(refusals, key=_wait)
    return QuotaAllowed(from_grant=from_grant)


def left(limit: Limit, used: int) -> int | None:
    """Return how many more a limit allows, never below 0; None = no limit."""
    return None if limit.unlimited else max(0, int(limit.value) - used)


def _ceilings(
    facts: QuotaFacts, rules: QuotaRules, credits_estimated: float | None
) -> Iterator[QuotaRefusal]:
    for rule, ceiling, spent, resets_at in (
        (
            QuotaRule.SERVER_CREDITS,
            rules.server_credits_per_month,
            facts.server_spent,
            facts.server.month_ends_at,
        ),
        (
            QuotaRule.TOTAL_CREDITS,
            rules.total_credits_per_month,
            facts.total_spent,
            facts.total_resets_at,
        ),
    ):
        if ceiling is None:
            continue
        assert spent is not None
        assert credits_estimated is not None
        if credits_estimated > ceiling:
            yield QuotaRefusal(rule=QuotaRule.NO_BUDGET, resets_at=None)
            continue
        over = round(spent + credits_estimated - ceiling, DECIMALS)
        if over > 0:
            yield QuotaRefusal(
                rule=rule, resets_at=resets_at, costs=credits_estimated, over=over
            )


def _bounds(bounds: Sequence[Bound]) -> Iterator[QuotaRefusal]:
    rules = {
        LimitKind.PER_DAY: QuotaRule.OPERATOR_DAY,
        LimitKind.PER_MONTH: QuotaRule.OPERATOR_MONTH,
    }
    for bound in bounds:
        if bound.limit.value == 0:
            yield QuotaRefusal(rule=QuotaRule.OPERATOR_NONE, resets_at=None)
        elif bound.left == 0:
            yield QuotaRefusal(
                rule=rules[bound.limit.kind],
                resets_at=bound.ends_at,
                limit=bound.limit,
            )


def _windows(
    limits: Mapping[LimitKind, Limit], used: Usage, whose: str
) -> Iterator[QuotaRefusal]:
    day, month = limits[LimitKind.PER_DAY], limits[LimitKind.PER_MONTH]
    left_this_month = left(month, used.month)
    nothing = next((limit for limit in (day, month) if limit.value == 0), None)
    if nothing is not None:
        yield QuotaRefusal(rule=_rule(nothing, whose, "none"), resets_at=None)
    elif left_this_month == 0:
        yield QuotaRefusal(
            rule=_rule(month, whose, "month"),
            resets_at=used.month_ends_at,
            limit=month,
        )
    elif left(day, used.day) == 0:
        yield QuotaRefusal(
            rule=_rule(day, whose, "day"),
            resets_at=used.day_ends_at,
            limit=day,
            left_this_month=left_this_month,
        )


def _rule(limit: Limit, whose: str, end: str) -> QuotaRule:
    return QuotaRule(f"{'operator' if limit.bounded else whose}-{end}")


def _credits(
    limits: Mapping[LimitKind, Limit],
    used: Usage,
    whose: str,
    credits_estimated: float | None,
) -> Iterator[QuotaRefusal]:
    for kind, window, spent, resets_at in (
        (LimitKind.CREDITS_PER_DAY, "day", used.credits_day, used.day_ends_at),
        (LimitKind.CREDITS_PER_MONTH, "month", used.credits_month, used.month_ends_at),
    ):
        limit = limits[kind]
        if limit.unlimited:
            continue
        assert credits_estimated is not None
        over = round(spent + credits_estimated - limit.value, DECIMALS)
        if limit.value == 0:
            yield QuotaRefusal(rule=QuotaRule(f"{whose}-none"), resets_at=None)
        elif over > 0:
            is_ever = credits_estimated <= limit.value
            rule = f"{whose}-{window}-credits" if is_ever else f"{whose}-too-dear"
            yield QuotaRefusal(
                rule=QuotaRule(rule),
                resets_at=resets_at if is_ever else None,
                limit=limit,
                costs=credits_estimated,
                over=over,
            )


def _sizes(
    limits: Mapping[LimitKind, Limit], request: VideoRequest
) -> Iterator[QuotaRefusal]:
    longest, best = limits[LimitKind.LONGEST], limits[LimitKind.BEST_QUALITY]
    if not longest.unlimited and request.duration_s > longest.value:
        yield QuotaRefusal(rule=QuotaRule.TOO_LONG, resets_at=None, limit=longest)
    if not best.unlimited and _lines(request) > best.value:
        yield QuotaRefusal(rule=QuotaRule.TOO_FINE, resets_at=None, limit=best)


def _lines(request: VideoRequest) -> int:
    """Return the lines of a clip; 0 where its model has no qualities."""
    profile = profile_of(request.model, with_picture=request.with_picture)
    quality = request.quality or profile.default_quality
    return LINES.get(quality or next(iter(profile.qualities), ""), 0)


def _places(
    of_server: Mapping[LimitKind, Limit],
    of_member: Mapping[LimitKind, Limit],
    facts: QuotaFacts,
) -> Iterator[QuotaRefusal]:
    for limits, used, rule, whose in (
        (of_server, facts.server, QuotaRule.SERVER_AT_ONCE, "server"),
        (of_member, facts.member, QuotaRule.MEMBER_AT_ONCE, "member"),
    ):
        limit = limits[LimitKind.AT_ONCE]
        if limit.value == 0:
            yield QuotaRefusal(rule=_rule(limit, whose, "none"), resets_at=None)
        elif left(limit, used.at_once) == 0:
            yield QuotaRefusal(rule=rule, resets_at=None, limit=limit)


def _cooldown(
    limit: Limit, facts: QuotaFacts, requested_at: datetime
) -> Iterator[QuotaRefusal]:
    if limit.unlimited or facts.last_request_at is None:
        return
    over_at = facts.last_request_at + timedelta(seconds=limit.value)
    if requested_at < over_at:
        yield QuotaRefusal(rule=QuotaRule.COOLDOWN, resets_at=over_at, limit=limit)


def _wait(refusal: QuotaRefusal) -> float:
    if refusal.rule in _NEVER:
        return math.inf
    # The end of a video is unknown, but it is minutes away, not days.
    return 0.0 if refusal.resets_at is None else refusal.resets_at.timestamp()
