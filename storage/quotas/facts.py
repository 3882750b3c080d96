"""What a member and a server have used, and what is set for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
)

from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.quotas.limits import UNSET, LimitSet, Made, Scope, SetLimits, Usage
from bot.quotas.rules import DECIMALS, QuotaFacts
from bot.servers.windows import DEFAULT_ZONE, Windows, windows_at
from storage.privacy import pseudonyms
from storage.quotas import usage
from storage.quotas.limit_rows import limits_of
from storage.quotas.spending import spent
from storage.tables.jobs import jobs, state_among
from storage.tables.quotas import counts, ledger, limits

MAY_CONCERN = and_(
    limits.c.guild_id == bindparam("of_guild"),
    or_(
        # Rows of all roles are read and filtered later: few roles have limits, and a
        # list of parameters would need a statement for each number of roles.
        limits.c.scope == Scope.ROLE,
        limits.c.scope == Scope.SERVER,
        limits.c.scope == Scope.MEMBERS,
        and_(
            limits.c.scope == Scope.MEMBER, limits.c.subject_id == bindparam("of_user")
        ),
    ),
)
_LIMITS = select(limits).where(MAY_CONCERN)
# A request that failed through no fault of the member starts no cooldown.
_CAME_TO_NOTHING = state_among(
    {
        JobState.RECEIVED,
        JobState.REFUSED,
        JobState.DENIED,
        JobState.FAILED,
        JobState.UNCONFIRMED,
        JobState.UNDELIVERABLE,
    }
)
_LAST_REQUEST = (
    select(jobs.c.requested_at)
    .where(
        jobs.c.guild_id == bindparam("of_guild"),
        jobs.c.user_id == bindparam("of_user"),
        text(f"NOT {_CAME_TO_NOTHING}"),
    )
    .order_by(jobs.c.requested_at.desc(), jobs.c.id.desc())
    .limit(1)
    .with_hint(jobs, "INDEXED BY ix_jobs_member", "sqlite")
)
_GRANTS = (
    select(func.coalesce(func.sum(ledger.c.grants), 0))
    .where(
        ledger.c.guild_id == bindparam("of_guild"),
        usage.of_member(),
        counts("grants"),
    )
    .scalar_subquery()
)


_ALWAYS = literal(1) == literal(1)


def _used() -> Select[Any]:
    """Select what counts for a server and for a member, as one row.

    One statement, so that a video that is released or reset meanwhile is counted alike.
    """
    server = usage.used("videos", by_member=False).subquery("server")
    member = usage.used("own_videos", by_member=True).subquery("member")
    made = usage.made().subquery("made")
    return select(
        *(server.c[name].label(f"server_{name}") for name in usage.COUNTED),
        *(member.c[name].label(f"member_{name}") for name in usage.COUNTED),
        *(made.c[name].label(f"made_{name}") for name in ("day", "month")),
        _GRANTS.label("grants"),
        _LAST_REQUEST.scalar_subquery().label("last_request_at"),
    ).select_from(server.join(member, _ALWAYS).join(made, _ALWAYS))


_USED = _used()


def _credits() -> Select[Any]:
    """Select what the videos cost that count for a server and for a member."""
    server = usage.credits_used("videos", by_member=False).subquery("server")
    member = usage.credits_used("own_videos", by_member=True).subquery("member")
    return select(
        *(server.c[name].label(f"server_{name}") for name in ("day", "month")),
        *(member.c[name].label(f"member_{name}") for name in ("day", "month")),
    ).select_from(server.join(member, _ALWAYS))


_CREDITS = _credits()


def quota_facts(  # noqa: PLR0913 - each is a part of the question
    connection: Connection,
    guild_id: GuildId,
    user_id: UserId,
    *,
    role_ids: frozenset[int],
    at: datetime,
    zone: str,
    with_spending: bool,
) -> QuotaFacts:
    """Read what is set for a member, and what counts in the windows around `at`."""
    rows = connection.execute(_LIMITS, {"of_guild": guild_id, "of_user": user_id})
    return counted(
        connection,
        usage.whose(pseudonyms.key_in(connection), guild_id, user_id),
        set_limits_in(rows.all(), role_ids),
        at,
        zone,
        with_spending=with_spending,
    )


def counted(
    connection: Connection,
    whose: Mapping[str, int],
    set_limits: SetLimits,
    at: datetime,
    zone: str,
    *,
    with_spending: bool,
) -> QuotaFacts:
    """Add to what is set for a member what counts in the windows around `at`.

    `whose` is what `usage.whose` returns.
    """
    guild_id = GuildId(whose["of_guild"])
    windows = windows_at(at, zone)
    everywhere = windows_at(at, DEFAULT_ZONE)
    parameters = {
        **whose,
        **usage.bounds(windows),
        **usage.utc_bounds(everywhere),
    }
    used = connection.execute(_USED, parameters).one()
    costs = None
    if set_limits.any_credits:
        costs = connection.execute(_CREDITS, parameters).one()
    server_spent = total_spent = None
    if with_spending:
        server_spent = spent(
            connection, guild_id, windows.month_starts_at, windows.month_ends_at
        )
        total_spent = spent(
            connection, None, everywhere.month_starts_at, everywhere.month_ends_at
        )
    return QuotaFacts(
        limits=set_limits,
        server=_usage(used, costs, "server", windows),
        member=_usage(used, costs, "member", windows),
        made=Made(
            day=int(used.made_day),
            month=int(used.made_month),
            day_ends_at=everywhere.day_ends_at,
            month_ends_at=everywhere.month_ends_at,
        ),
        grants=used.grants,
        last_request_at=used.last_request_at,
        zone=zone,
        server_spent=server_spent,
        total_spent=total_spent,
        total_resets_at=everywhere.month_ends_at,
    )


def _usage(
    used: Row[Any], costs: Row[Any] | None, whose: str, windows: Windows
) -> Usage:
    def cost(window: str) -> float:
        found: float = getattr(costs, f"{whose}_{window}", 0.0)
        return max(0.0, round(found, DECIMALS))

    return Usage(
        credits_day=cost("day"),
        credits_month=cost("month"),
        **{name: getattr(used, f"{whose}_{name}") for name in usage.COUNTED},
        day_ends_at=windows.day_ends_at,
        month_ends_at=windows.month_ends_at,
    )


def set_limits_in(rows: Sequence[Any], role_ids: frozenset[int]) -> SetLimits:
    """Return what is set for a member with these roles, from rows that may concern."""
    found: dict[Scope, LimitSet] = {}
    of_roles: dict[int, LimitSet] = {}
    for row in rows:
        limit_set = limits_of(row)
        if row.scope is Scope.ROLE:
            if row.subject_id in role_ids:
                of_roles[row.subject_id] = limit_set
        else:
            found[row.scope] = limit_set
    return SetLimits(
        server=found.get(Scope.SERVER, UNSET),
        members=found.get(Scope.MEMBERS, UNSET),
        roles=of_roles,
        member=found.get(Scope.MEMBER, UNSET),
    )
