"""Changes that admins make to quotas, and what they look at. Records only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.prices_shown import PricesShown

LARGEST = 1_000_000
"""The largest limit that can be set: far beyond any use, and safe in every column."""
MOST_GRANTED = 1000
"""Videos granted, or taken back, at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminAction:
    """Who changes something, where and when."""

    guild_id: GuildId
    actor_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom limits are set for."""

    scope: Scope
    subject_id: int = 0
    """The role or the member; 0 where the scope alone says it."""

    @property
    def subject(self) -> str:
        """How the audit names it."""
        named = self.scope in {Scope.ROLE, Scope.MEMBER}
        return f"{self.scope}:{self.subject_id}" if named else self.scope.value


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsChanged:
    """What was set for somebody before a change, and after it."""

    before: LimitSet
    after: LimitSet


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChanged:
    """How many granted videos a member had left before a change, and after it."""

    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildQuotas:
    """All that a server has set."""

    zone: str
    prices: PricesShown
    server: LimitSet
    members: LimitSet
    roles: Mapping[int, LimitSet]
    members_with_own: int
    """How many members have limits of their own."""
    limits_credits: bool
    """Whether a limit in credits is set for anybody: server, members or roles."""


class MadeVideo(NamedTuple):
    """One line of what was asked for in a server, as reports need it.

    A tuple: a report may have a hundred thousand of them.
    """

    user_id: UserId
    requested_at: datetime
    state: JobState
    counts: bool
    """It counts against the quotas: reserved or settled, and neither released nor
    reset."""
    credits: float
    """Charged by EvoLink or, until it tells, reserved by it or expected by us."""
