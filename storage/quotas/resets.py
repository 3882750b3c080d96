"""Sets usage back to zero, with a counter-entry for each video that still counts.

Each has the time of its video. So the sum of any window stays right if the time zone
changes, and a job that is released later knows what is left of it.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
)

from bot.ids import UserId
from bot.quotas.settings import AdminAction
from bot.servers.windows import windows_at
from storage.privacy import pseudonyms
from storage.quotas.ledger import COLUMNS
from storage.quotas.usage import of_member, whose
from storage.tables.column_types import Instant, Number, Word
from storage.tables.quotas import LedgerKind, counts, ledger

_month, _month_end, _at = (
    bindparam(name, type_=Instant) for name in ("month", "month_end", "reset_at")
)


def _in_month(rows: FromClause) -> ColumnElement[bool]:
    return and_(
        rows.c.guild_id == bindparam("of_guild"),
        rows.c.counted_at >= _month,
        rows.c.counted_at < _month_end,
    )


def _counter_entries(kind: LedgerKind, column: str) -> Any:  # noqa: ANN401 - an Insert
    everybody = kind is LedgerKind.RESET_ALL
    videos = -func.sum(ledger.c.videos) if everybody else literal(0)
    rows = (
        select(
            ledger.c.guild_id,
            func.max(ledger.c.user_id),
            ledger.c.job_id,
            literal(kind, Word(LedgerKind)),
            videos,
            -func.sum(ledger.c.own_videos),
            literal(0),
            literal(None, Number),
            func.min(ledger.c.counted_at),
            _at,
        )
        .group_by(ledger.c.guild_id, ledger.c.job_id)
        .having(func.sum(ledger.c[column]) > 0)
    )
    if everybody:
        # All rows of the jobs that count: a member's reset adds nothing to `videos`,
        # and yet has taken back what would be taken back here. A job's rows all stand
        # at the same time.
        rows = rows.where(ledger.c.job_id.in_(_COUNTED))
    else:
        rows = rows.where(_in_month(ledger), of_member(), counts(column))
    return insert(ledger).from_select(COLUMNS, rows)


_counting = ledger.alias("counting")
_COUNTED = (
    select(_counting.c.job_id)
    .where(_in_month(_counting), text("counting.videos <> 0"))
    .with_hint(_counting, "INDEXED BY ix_ledger_guild", "sqlite")
)
_ONE_MEMBER = _counter_entries(LedgerKind.RESET, "own_videos")
_EVERYBODY = _counter_entries(LedgerKind.RESET_ALL, "videos")


def reset(
    connection: Connection, admin_action: AdminAction, user_id: UserId | None, zone: str
) -> int:
    """Write the counter-entries, and return how many videos they are for.

    A member's reset leaves the server's usage as it is.
    """
    windows = windows_at(admin_action.at, zone)
    parameters: dict[str, Any] = {
        "of_guild": admin_action.guild_id,
        "month": windows.month_starts_at,
        "month_end": windows.month_ends_at,
        "reset_at": admin_action.at,
    }
    if user_id is None:
        result = connection.execute(_EVERYBODY, parameters)
    else:
        of = whose(pseudonyms.key_in(connection), admin_action.guild_id, user_id)
        result = connection.execute(_ONE_MEMBER, parameters | of)
    return result.rowcount
