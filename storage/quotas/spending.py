"""What the videos of a month cost: as EvoLink says or, until it does, as estimated.

A month's sums are kept in UTC. Where a server's month begins or ends at another time,
the hours between are read from the jobs themselves.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from bot.ids import GuildId
from bot.servers.windows import DEFAULT_ZONE, windows_at
from storage.servers.guilds import EVERYBODY
from storage.tables.column_types import Instant, Number
from storage.tables.jobs import CHARGED as CHARGED_SQL, PRICED, jobs
from storage.tables.sums import job_changes, month_prices

_guild: BindParameter[int] = bindparam("of_guild")
_month, _from, _to = (
    bindparam(name, type_=Instant) for name in ("in_month", "from_", "to")
)
CHARGED: ColumnElement[float] = literal_column(CHARGED_SQL, Number)


def _summed(whose: ColumnElement[bool]) -> Select[Any]:
    columns = ("charged", "jobs")
    kept = select(*(month_prices.c[one] for one in columns)).where(
        month_prices.c.guild_id == _guild, month_prices.c.month == _month
    )
    lately = select(*(job_changes.c[one] for one in columns)).where(
        job_changes.c.month == _month, job_changes.c.price.is_not(None), whose
    )
    both = union_all(kept, lately).subquery("both")
    # Whole numbers of each price: what was taken away again leaves no trace.
    return select(both.c.charged, func.sum(both.c.jobs)).group_by(both.c.charged)


def _between(whose: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a Select's type
    return (
        select(CHARGED.label("charged"), func.count())
        .where(PRICED, jobs.c.requested_at >= _from, jobs.c.requested_at < _to, whose)
        .group_by(CHARGED)
        .with_hint(jobs, "INDEXED BY ix_jobs_priced", "sqlite")
    )


_SUMMED = {True: _summed(true()), False: _summed(job_changes.c.guild_id == _guild)}
_BETWEEN = {True: _between(true()), False: _between(jobs.c.guild_id == _guild)}


def spent(
    connection: Connection,
    guild_id: GuildId | None,
    since: datetime,
    until: datetime,
) -> float:
    """Return the credits of what a server, or (None) all servers, asked for in a month.

    The month is one of any time zone.
    """
    of_all = guild_id is None
    whose: Mapping[str, Any] = {"of_guild": EVERYBODY if of_all else guild_id}
    month = windows_at(since + (until - since) / 2, DEFAULT_ZONE)
    rows = connection.execute(
        _SUMMED[of_all], {**whose, "in_month": month.month_starts_at}
    )
    credits_spent = sum(float(charged) * int(number) for charged, number in rows)
    for begins, ends, sign in (
        *_beside(since, month.month_starts_at),
        *_beside(month.month_ends_at, until),
    ):
        between = {"from_": begins, "to": ends, **({} if of_all else whose)}
        for charged, number in connection.execute(_BETWEEN[of_all], between):
            credits_spent += sign * charged * number
    return max(0.0, credits_spent)


def _beside(
    first: datetime, second: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """Give the time between two moments: to add, or (-1) to take away."""
    if first < second:
        yield first, second, 1
    elif second < first:
        yield second, first, -1
