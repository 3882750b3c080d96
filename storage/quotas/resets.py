"""Sets usage back to zero, with a counter-entry for each video that still counts.

Each has the time of its video. So the sum of any window stays right if the time zone
changes, and a job that is released later knows what is left of it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
)

from bot.ids import UserId
from bot.quotas.settings import AdminAction
from bot.servers.windows import windows_at
from storage.privacy import pseudonyms
from storage.quotas.ledger import COLUMNS
from storage.quotas.usage import of_member, whose
from storage.servers.job_locks import hold_jobs
from storage.tables.column_types import Instant, Number, Word
from storage.tables.quotas import LedgerKind, counts, ledger

PORTION = 200
"""Videos in one transaction: everybody else waits for it."""

_month, _month_end, _at = (
    bindparam(name, type_=Instant) for name in ("month", "month_end", "reset_at")
)


def _reserved(*, of_everybody: bool) -> Select[Any]:
    """Select the next reservations of the month, in the order of an index.

    Those made since are not among them: it may take a while to come to the last.
    """
    index = "ix_ledger_guild" if of_everybody else "ix_ledger_member"
    return (
        select(ledger.c.job_id, ledger.c.counted_at, ledger.c.id)
        .where(
            ledger.c.guild_id == bindparam("of_guild"),
            true() if of_everybody else of_member(),
            counts("videos" if of_everybody else "own_videos"),
            ledger.c.counted_at >= _month,
            ledger.c.counted_at < _month_end,
            ledger.c.kind == LedgerKind.RESERVE,
            ledger.c.at <= _at,
            tuple_(ledger.c.counted_at, ledger.c.id)
            > tuple_(bindparam("after_time", type_=Instant), bindparam("after_id")),
        )
        .order_by(ledger.c.counted_at, ledger.c.id)
        .limit(PORTION)
        .with_hint(ledger, f"INDEXED BY {index}", "sqlite")
    )


def _counter_entries(kind: LedgerKind, column: str) -> Any:  # noqa: ANN401 - an Insert
    everybody = kind is LedgerKind.RESET_ALL
    videos = -func.sum(ledger.c.videos) if everybody else literal(0)
    # All rows of a job: a member's reset adds nothing to `videos`, and yet has taken
    # back what would be taken back here. A job's rows all stand at the same time.
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
        .where(ledger.c.job_id.in_(bindparam("these", expanding=True)))
        .group_by(ledger.c.guild_id, ledger.c.job_id)
        .having(func.sum(ledger.c[column]) > 0)
    )
    return insert(ledger).from_select(COLUMNS, rows)


_NEXT = {everybody: _reserved(of_everybody=everybody) for everybody in (True, False)}
_ENTRIES = {
    False: _counter_entries(LedgerKind.RESET, "own_videos"),
    True: _counter_entries(LedgerKind.RESET_ALL, "videos"),
}

Place = tuple[datetime, int]
"""Up to where a reset has come."""

FROM_THE_START: Place = (datetime(1970, 1, 1, tzinfo=UTC), 0)


def reset_some(
    connection: Connection,
    admin_action: AdminAction,
    user_id: UserId | None,
    zone: str,
    after: Place,
) -> tuple[int, Place | None]:
    """Write counter-entries for the next videos of the month, in their order.

    Returns for how many, and where to go on; None = that was all. A member's reset
    leaves the server's usage as it is, since the server's own limits still hold.
    """
    windows = windows_at(admin_action.at, zone)
    parameters: dict[str, Any] = {
        "of_guild": admin_action.guild_id,
        "month": windows.month_starts_at,
        "month_end": windows.month_ends_at,
        "reset_at": admin_action.at,
        "after_time": after[0],
        "after_id": after[1],
    }
    if user_id is not None:
        key = pseudonyms.key_in(connection)
        parameters |= whose(key, admin_action.guild_id, user_id)
    rows = connection.execute(_NEXT[user_id is None], parameters).all()
    # None of them is released meanwhile: that would be taken back twice.
    hold_jobs(connection, [row.job_id for row in rows])
    these = {"these": [row.job_id for row in rows], "reset_at": admin_action.at}
    reset = connection.execute(_ENTRIES[user_id is None], these) if rows else None
    more = len(rows) == PORTION
    return (
        0 if reset is None else reset.rowcount,
        (rows[-1].counted_at, rows[-1].id) if more else None,
    )
