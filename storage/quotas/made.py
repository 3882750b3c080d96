"""Who asked for what in a server, page by page, for reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, case, func, select, tuple_

from bot.ids import GuildId
from bot.jobs.states import JobState
from bot.quotas.settings import MadeVideo
from storage.quotas.spending import CHARGED
from storage.tables.column_types import Instant
from storage.tables.jobs import jobs
from storage.tables.quotas import LedgerKind, ledger

PAGE = 1000
"""Jobs read at once, which takes some 10 ms."""

Key = tuple[int, datetime, str]

FROM_THE_START: Key = (-1, datetime(1970, 1, 1, tzinfo=UTC), "")

_TAKES_BACK = ledger.c.kind.in_([LedgerKind.RELEASE, LedgerKind.RESET_ALL])
_LEFT = (
    select(
        func.sum(
            case((ledger.c.kind == LedgerKind.RESERVE, 1), (_TAKES_BACK, -1), else_=0)
        )
    )
    .where(ledger.c.job_id == jobs.c.id)
    .scalar_subquery()
)
# Whether the `videos` of a job's rows add up to one, told by their kinds: those are in
# the index, and `videos` would be looked up in the table, row by row. (What was reset
# and then released is below zero here, and zero there.)
_COUNTS = func.coalesce(_LEFT, 0) > 0
# In the order of `MadeVideo`, and then what only the key needs.
_PAGE: Any = (
    select(
        jobs.c.user_id,
        jobs.c.requested_at,
        jobs.c.state,
        _COUNTS,
        CHARGED,
        jobs.c.id,
    )
    .where(
        jobs.c.guild_id == bindparam("of_guild"),
        tuple_(jobs.c.user_id, jobs.c.requested_at, jobs.c.id)
        > tuple_(
            bindparam("after_user"),
            bindparam("after_time", type_=Instant),
            bindparam("after_id", type_=Text),
        ),
        jobs.c.requested_at >= bindparam("since", type_=Instant),
        jobs.c.requested_at < bindparam("until", type_=Instant),
        jobs.c.state != JobState.RECEIVED,
        jobs.c.state != JobState.REFUSED,
    )
    .order_by(jobs.c.user_id, jobs.c.requested_at, jobs.c.id)
    .limit(PAGE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some jobs, and where the next page begins."""

    videos: Sequence[MadeVideo]
    last: Key | None
    """None on the last page."""


def page(
    connection: Connection,
    guild_id: GuildId,
    since: datetime,
    until: datetime,
    after: Key,
) -> Page:
    """Return the jobs that come after a key, by member and time."""
    after_user, after_time, after_id = after
    rows = connection.execute(
        _PAGE,
        {
            "of_guild": guild_id,
            "since": since,
            "until": until,
            "after_user": after_user,
            "after_time": after_time,
            "after_id": after_id,
        },
    ).all()
    last = None
    if len(rows) == PAGE:
        user_id, requested_at, *_, job_id = rows[-1]
        last = (user_id, requested_at, job_id)
    return Page(videos=[MadeVideo._make(row[:-1]) for row in rows], last=last)
