"""Limits as people set them, which of several is in force, what counts. Pure.

Each kind of limit is resolved on its own: a role that sets only a cooldown leaves the
numbers of videos to other sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

NO_LIMIT = -1
"""Set explicitly for "no limit"."""


class LimitKind(StrEnum):
    """What can be limited. The values are the names of the commands' options."""

    PER_DAY = "per_day"
    PER_MONTH = "per_month"
    AT_ONCE = "at_once"
    COOLDOWN = "cooldown_s"
    CREDITS_PER_DAY = "credits_per_day"
    CREDITS_PER_MONTH = "credits_per_month"
    LONGEST = "longest_s"
    BEST_QUALITY = "best_quality"


class Scope(StrEnum):
    """Whom a limit is set for. The values are stored and must never change."""

    SERVER = "server"
    """The whole server, all members together."""
    MEMBERS = "members"
    """Each member, where nothing closer is set."""
    ROLE = "role"
    MEMBER = "member"
    OPERATOR = "operator"
    """The configuration of the installation: never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """What was set in one place. None = nothing, -1 = no limit, 0 = none allowed."""

    per_day: int | None = None
    per_month: int | None = None
    at_once: int | None = None
    cooldown_s: float | None = None
    """Seconds between two requests; 0 and -1 = none needed. Not for servers."""
    credits_per_day: int | None = None
    credits_per_month: int | None = None
    longest_s: int | None = None
    """The longest clip, in seconds."""
    best_quality: int | None = None
    """The lines of the best quality, as in `bot.models.choices.LINES`."""

    def of(self, kind: LimitKind) -> float | None:
        """Return the limit of a kind, or None if it is not set here."""
        value: float | None = getattr(self, kind.value)
        return value

    def given(self) -> dict[str, float]:
        """Return the kinds that are set, by name."""
        return {
            kind.value: value
            for kind in LimitKind
            if (value := self.of(kind)) is not None
        }

    @property
    def any_credits(self) -> bool:
        """Whether credits are limited here; "no limit" is none."""
        return any(
            self.of(kind) not in {None, float(NO_LIMIT)} for kind in CREDIT_KINDS
        )

    def over(self, other: "LimitSet") -> "LimitSet":
        """Return these limits, and the other's where nothing is set here."""
        # What is given has the types of its fields; `replace` cannot know that.
        return replace(other, **self.given())  # type: ignore[arg-type]


UNSET = LimitSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit in force, and where it comes from."""

    kind: LimitKind
    value: float
    """Videos, credits, seconds or lines; -1 = no limit."""
    source: Scope
    role_id: int | None = None
    """The role, if it comes from one."""
    bounded: bool = False
    """More was set, and this is the operator's bound."""

    @property
    def unlimited(self) -> bool:
        """Whether it allows any number."""
        if self.kind is LimitKind.COOLDOWN:
            return self.value <= 0
        return self.value == NO_LIMIT


CREDIT_KINDS = (LimitKind.CREDITS_PER_DAY, LimitKind.CREDITS_PER_MONTH)
ADMINS_KINDS = frozenset({*CREDIT_KINDS, LimitKind.LONGEST, LimitKind.BEST_QUALITY})
"""Kinds that the operator sets for nobody: without an admin's there is no limit."""
WINDOW_KINDS = (
    LimitKind.PER_DAY,
    LimitKind.PER_MONTH,
    LimitKind.AT_ONCE,
    *CREDIT_KINDS,
)
"""Kinds that something counts against."""
SERVER_KINDS = (*WINDOW_KINDS, LimitKind.LONGEST, LimitKind.BEST_QUALITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits:
    """All that is set and may concern one member of a server."""

    server: LimitSet = UNSET
    members: LimitSet = UNSET
    roles: Mapping[int, LimitSet]
    """Of the member's own roles, those that set anything, by id."""
    member: LimitSet = UNSET

    @property
    def any_credits(self) -> bool:
        """Whether credits are limited anywhere here."""
        places = (self.server, self.members, self.member, *self.roles.values())
        return any(place.any_credits for place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultLimits:
    """What the operator set for servers that have set nothing themselves."""

    server: LimitSet
    """Every kind is set but a cooldown and those of the admins."""
    member: LimitSet
    """Every kind is set but those of the admins."""
    server_most: LimitSet
    """The operator's bounds: what a server's admins can allow at most, and what is
    made there at most, of videos; -1 = anything."""

    def most_for_admins(self, kind: LimitKind) -> float | None:
        """Return what a server's admins can allow at most; None = anything."""
        most = self.server_most.of(kind)
        return None if most == NO_LIMIT else most


def server_limits(
    limits: SetLimits, defaults: DefaultLimits
) -> Mapping[LimitKind, Limit]:
    """Return what holds for the whole server, of each kind there is for one.

    What is set holds up to the operator's bound.
    """
    return {kind: _server_limit(kind, limits, defaults) for kind in SERVER_KINDS}


def _server_limit(kind: LimitKind, limits: SetLimits, defaults: DefaultLimits) -> Limit:
    limit = _first(
        kind, (Scope.SERVER, limits.server), (Scope.OPERATOR, defaults.server)
    )
    most = defaults.most_for_admins(kind)
    if most is None or not exceeds(limit.value, most):
        return limit
    return Limit(kind=kind, value=most, source=Scope.OPERATOR, bounded=True)


def exceeds(value: float, most: float | None) -> bool:
    """Return whether a limit allows more than the most; None = nothing is too much."""
    return most is not None and (value == NO_LIMIT or value > most)


def member_limits(
    limits: SetLimits, defaults: DefaultLimits
) -> Mapping[LimitKind, Limit]:
    """Return what holds for the member, of each kind.

    The member's own limit, else the most generous of the roles that set one (of
    cooldowns the shortest), else the members' default, else the operator's.
    """
    return {kind: _member_limit(kind, limits, defaults) for kind in LimitKind}


def _member_limit(kind: LimitKind, limits: SetLimits, defaults: DefaultLimits) -> Limit:
    own = limits.member.of(kind)
    if own is not None:
        return Limit(kind=kind, value=own, source=Scope.MEMBER)
    of_roles = [
        Limit(kind=kind, value=value, source=Scope.ROLE, role_id=role_id)
        for role_id, of_role in sorted(limits.roles.items())
        if (value := of_role.of(kind)) is not None
    ]
    if of_roles:
        return max(of_roles, key=_generosity)
    return _first(
        kind, (Scope.MEMBERS, limits.members), (Scope.OPERATOR, defaults.member)
    )


def _generosity(limit: Limit) -> float:
    if limit.unlimited:
        return float("inf")
    return -limit.value if limit.kind is LimitKind.COOLDOWN else limit.value


def _first(kind: LimitKind, *places: tuple[Scope, LimitSet]) -> Limit:
    for scope, limits in places:
        value = limits.of(kind)
        if value is not None:
            return Limit(kind=kind, value=value, source=scope)
    if kind in ADMINS_KINDS:
        return Limit(kind=kind, value=NO_LIMIT, source=Scope.OPERATOR)
    msg = f"nobody has set {kind}"
    raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Videos that count in each window: reserved or settled, and not released."""

    day: int
    month: int
    at_once: int
    """Jobs from queued to delivering, now."""
    credits_day: float = 0.0
    """What those of the day cost, or are expected to; only known where it is limited.
    """
    credits_month: float = 0.0
    day_ends_at: datetime
    month_ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A server's videos of a day and a month of UTC, for the operator's bounds.

    Those that are reserved or settled, and not released. No admin can change that: a
    reset takes nothing back here, and the server's time zone is another matter.
    """

    day: int
    month: int
    day_ends_at: datetime
    month_ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What the operator lets a server make at most in a window of UTC."""

    limit: Limit
    made: int
    """What was made of it, also where an admin reset it."""
    ends_at: datetime

    @property
    def left(self) -> int:
        """How many more may be made, never below 0."""
        return max(0, int(self.limit.value) - self.made)


def bounds_of(made: Made, defaults: DefaultLimits) -> Sequence[Bound]:
    """Return the operator's bounds of a server's day and month, where there are any."""
    return [
        Bound(
            limit=Limit(kind=kind, value=most, source=Scope.OPERATOR, bounded=True),
            made=count,
            ends_at=ends_at,
        )
        for kind, count, ends_at in (
            (LimitKind.PER_DAY, made.day, made.day_ends_at),
            (LimitKind.PER_MONTH, made.month, made.month_ends_at),
        )
        if (most := defaults.most_for_admins(kind)) is not None
    ]
