"""What EvoLink charged in a month, and what is still to be expected.

A month's sums are kept in UTC. Where a server's month begins or ends at another time,
the hours between are read from the jobs themselves.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
    text,
    true,
    union_all,
)

from bot.ids import GuildId
from bot.jobs.states import AT_ONCE_STATES, JobState
from bot.quotas.rules import Spending
from bot.servers.windows import DEFAULT_ZONE, windows_at
from storage.servers.guilds import EVERYBODY
from storage.tables.column_types import Instant
from storage.tables.jobs import PRICED, jobs, state_among
from storage.tables.sums import job_changes, month_prices

_guild: BindParameter[int] = bindparam("of_guild")
_month, _from, _to = (
    bindparam(name, type_=Instant) for name in ("in_month", "from_", "to")
)

# EvoLink gives back what it reserved for a task that failed (EvoLink docs), unless it
# says otherwise in `credits_used`.
CHARGED: ColumnElement[Any] = func.coalesce(
    jobs.c.credits_used,
    case((jobs.c.state == JobState.FAILED, 0.0), else_=jobs.c.credits_reserved),
    0.0,
)
_PRICE = func.coalesce(jobs.c.credits_used, jobs.c.credits_reserved)
_UNDER_WAY = text(state_among(AT_ONCE_STATES | {JobState.AWAITING_REVIEW}))

Prices = Counter[tuple[float, float]]
"""How many jobs have a price, and what EvoLink keeps of it."""


def _unpriced(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(func.count())
        .select_from(jobs)
        .where(
            _UNDER_WAY,
            jobs.c.credits_used.is_(None),
            jobs.c.credits_reserved.is_(None),
            whose,
        )
        # Few are under way, and a server's history is long.
        .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite")
    )


def _summed(whose: ColumnElement[bool]) -> Select[Any]:
    columns = ("price", "charged", "jobs")
    kept = select(*(month_prices.c[one] for one in columns)).where(
        month_prices.c.guild_id == _guild, month_prices.c.month == _month
    )
    lately = select(*(job_changes.c[one] for one in columns)).where(
        job_changes.c.month == _month, job_changes.c.price.is_not(None), whose
    )
    both = union_all(kept, lately).subquery("both")
    return select(both.c.price, both.c.charged, func.sum(both.c.jobs)).group_by(
        both.c.price, both.c.charged
    )


def _between(whose: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_PRICE, CHARGED, func.count())
        .where(PRICED, jobs.c.requested_at >= _from, jobs.c.requested_at < _to, whose)
        .group_by(_PRICE, CHARGED)
        .with_hint(jobs, "INDEXED BY ix_jobs_priced", "sqlite")
    )


_OF_GUILD = jobs.c.guild_id == _guild
_UNPRICED = {True: _unpriced(true()), False: _unpriced(_OF_GUILD)}
_SUMMED = {True: _summed(true()), False: _summed(job_changes.c.guild_id == _guild)}
_BETWEEN = {True: _between(true()), False: _between(_OF_GUILD)}


def spending(
    connection: Connection,
    guild_id: GuildId | None,
    since: datetime,
    until: datetime,
) -> Spending:
    """Return what a server, or (None) all servers, asked for in a month costs.

    The month is one of any time zone.
    """
    of_all = guild_id is None
    whose: Mapping[str, Any] = {} if guild_id is None else {"of_guild": guild_id}
    # First: what another process is told the price of meanwhile counts twice then, and
    # not never.
    unpriced = int(connection.scalar(_UNPRICED[of_all], whose) or 0)
    everybody = _prices(connection, EVERYBODY, since, until)
    own = everybody if guild_id is None else _prices(connection, guild_id, since, until)
    return Spending(
        charged=sum(charged * number for (_, charged), number in own.items()),
        unpriced=unpriced,
        price=max(
            (price for (price, _), number in everybody.items() if number > 0),
            default=None,
        ),
    )


def _prices(
    connection: Connection, guild_id: GuildId, since: datetime, until: datetime
) -> Prices:
    of_all = guild_id == EVERYBODY
    month = windows_at(since + (until - since) / 2, DEFAULT_ZONE)
    whose = {"of_guild": guild_id}
    prices: Prices = Counter()
    rows = connection.execute(
        _SUMMED[of_all], {**whose, "in_month": month.month_starts_at}
    )
    prices.update({(price, charged): int(number) for price, charged, number in rows})
    for begins, ends, sign in (
        *_beside(since, month.month_starts_at),
        *_beside(month.month_ends_at, until),
    ):
        between = {"from_": begins, "to": ends, **({} if of_all else whose)}
        for price, charged, number in connection.execute(_BETWEEN[of_all], between):
            prices[price, charged] += sign * number
    return prices


def _beside(
    first: datetime, second: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """Give the time between two moments: to add, or (-1) to take away."""
    if first < second:
        yield first, second, 1
    elif second < first:
        yield second, first, -1
