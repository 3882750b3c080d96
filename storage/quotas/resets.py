"""Sets usage back to zero, with a counter-entry for each video that still counts.

Each has the time of its video. So the sum of any window stays right if the time zone
changes, and a job that is released later knows what is left of it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)

from bot.ids import UserId
from bot.quotas.settings import AdminAction
from bot.servers.audit import member_subject
from bot.servers.windows import windows_at
from storage.database.engine import Database
from storage.privacy import pseudonyms
from storage.quotas.entries import entry_of
from storage.quotas.ledger import COLUMNS
from storage.quotas.usage import of_member, whose
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.servers.job_locks import hold_jobs
from storage.tables.column_types import Instant, Number, Word
from storage.tables.quotas import LedgerKind, counts, ledger, resets

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

_Place = tuple[datetime, int]
"""Up to where a reset has come."""

_FROM_THE_START: _Place = (datetime(1970, 1, 1, tzinfo=UTC), 0)

_BEGUN = select(resets).where(resets.c.at < bindparam("before", type_=Instant))
_THIS = resets.c.id == bindparam("this_reset")
_COUNT = update(resets).where(_THIS).values(videos=resets.c.videos + bindparam("more"))
_END = delete(resets).where(_THIS).returning(resets.c.videos)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reset:
    """What an admin has asked for."""

    id: str
    admin_action: AdminAction
    user_id: UserId | None
    """Whose usage; None = everybody's, and the server's."""


class SqlResets:
    """Resets usage in portions; implements `bot.privacy.ports.Unfinished` for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reset(self, admin_action: AdminAction, user_id: UserId | None) -> int:
        """Do what `bot.quotas.ports.QuotaStore` says."""
        asked = _Reset(
            id=secrets.token_hex(8), admin_action=admin_action, user_id=user_id
        )
        videos, place = await self._database.write(
            lambda connection: _begin(connection, asked)
        )
        return videos if place is None else videos + await self._go_on(asked, place)

    async def finish_begun(self, before: datetime) -> int:
        def begun(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(_BEGUN, {"before": before}).all()

        left = await self._database.read(begun)
        for row in left:
            action = AdminAction(
                guild_id=row.guild_id, actor_id=row.actor_id, at=row.at
            )
            asked = _Reset(id=row.id, admin_action=action, user_id=row.user_id)
            # What is reset already counts no more, and is passed over.
            await self._go_on(asked, _FROM_THE_START)
        return len(left)

    async def _go_on(self, asked: _Reset, place: _Place | None) -> int:
        videos = 0
        while place is not None:
            some, place = await self._database.write(
                lambda connection, place=place: _continue(connection, asked, place)  # type: ignore[misc]
            )
            videos += some
        return videos


def _begin(connection: Connection, asked: _Reset) -> tuple[int, _Place | None]:
    """Reset the first videos; keep that there are more, or record the whole."""
    videos, more = _reset_some(connection, asked, _FROM_THE_START)
    if more is None:
        _record(connection, asked, videos)
    else:
        connection.execute(
            insert(resets),
            {
                "id": asked.id,
                "guild_id": asked.admin_action.guild_id,
                "user_id": asked.user_id,
                "actor_id": asked.admin_action.actor_id,
                "at": asked.admin_action.at,
                "videos": videos,
            },
        )
    return videos, more


def _continue(
    connection: Connection, asked: _Reset, place: _Place
) -> tuple[int, _Place | None]:
    """Reset the next videos, and record the whole with the last of them."""
    videos, more = _reset_some(connection, asked, place)
    this = {"this_reset": asked.id}
    if more is not None:
        connection.execute(_COUNT, this | {"more": videos})
        return videos, more
    before = connection.scalar(_END, this)
    # Else somebody else has come to the end, and recorded it.
    if before is not None:
        _record(connection, asked, before + videos)
    return videos, None


def _record(connection: Connection, asked: _Reset, videos: int) -> None:
    subject = "server" if asked.user_id is None else member_subject(asked.user_id)
    what = {"videos": videos}
    entry = entry_of(asked.admin_action, "quota.reset", subject, what, None)
    record_audit(connection, entry)


def _reset_some(
    connection: Connection, asked: _Reset, after: _Place
) -> tuple[int, _Place | None]:
    """Write counter-entries for the next videos of the month, in their order.

    Returns for how many, and where to go on; None = that was all. A member's reset
    leaves the server's usage as it is, since the server's own limits still hold.
    """
    admin_action, user_id = asked.admin_action, asked.user_id
    zone = guilds.hold(connection, admin_action.guild_id)
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
