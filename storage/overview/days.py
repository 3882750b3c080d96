"""How many jobs of each day have ended how, and what each day costs, from the sums."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, union_all

from bot.jobs.states import JobState
from bot.operations.overview.values import Day
from storage.tables.column_types import Instant
from storage.tables.sums import day_counts, day_prices, job_changes

_since = bindparam("since", type_=Instant)
_DAY = timedelta(days=1)


def _together(table: Any, what: str, is_known: str) -> Select[Any]:  # noqa: ANN401 - a Table
    """Select the sums since a day, with the changes that are not added to them yet."""
    kept = select(table.c.day, table.c[what], table.c.jobs).where(table.c.day >= _since)
    lately = select(job_changes.c.day, job_changes.c[what], job_changes.c.jobs).where(
        job_changes.c.day >= _since, job_changes.c[is_known].is_not(None)
    )
    both = union_all(kept, lately).subquery("both")
    return (
        select(both.c.day, both.c[what], func.sum(both.c.jobs).label("jobs"))
        .group_by(both.c.day, both.c[what])
        .having(func.sum(both.c.jobs) != 0)
    )


_COUNTS = _together(day_counts, "state", "state")
_PRICES = _together(day_prices, "charged", "price")


def days_since(connection: Connection, since: datetime) -> Sequence[Day]:
    """Return the days from that one on that have any job, the oldest first."""
    ended: defaultdict[datetime, dict[JobState, int]] = defaultdict(dict)
    for day, state, number in connection.execute(_COUNTS, {"since": since}):
        ended[day][state] = int(number)
    credits_of: defaultdict[datetime, float] = defaultdict(float)
    for day, charged, number in connection.execute(_PRICES, {"since": since}):
        credits_of[day] += charged * int(number)
    return [
        Day(day=day, ended=ended.get(day, {}), credits=max(0.0, credits_of.get(day, 0)))
        for day in sorted({*ended, *credits_of})
    ]


def first_day(now: datetime, days: int) -> datetime:
    """Return the beginning of the first of so many days, today being the last."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - (days - 1) * _DAY
