"""Pseudonyms for erased members, so that the ledger still adds up for a month.

A pseudonym is a keyed hash: without the key nobody can tell whose it is, and the key is
deleted with the last pseudonym made with it. While it exists, a member who comes back
finds their usage.
"""

import hmac
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from bot.ids import GuildId, UserId
from storage.database.server_locks import FORGETTING, lock_until_commit
from storage.tables.column_types import Instant
from storage.tables.moderation import reports
from storage.tables.privacy import pseudonym_keys
from storage.tables.quotas import ledger

PORTION = 200
"""Rows in one transaction: everybody else waits for it."""

KEY = select(pseudonym_keys.c.key)
_MADE_AT = select(pseudonym_keys.c.made_at)
_ADD_KEY = insert(pseudonym_keys)
_DROP_KEYS = delete(pseudonym_keys)
_ROWS_OF = (
    select(ledger.c.id, ledger.c.guild_id)
    .where(ledger.c.user_id == bindparam("of_user"))
    .limit(bindparam("at_most"))
)
_these: BindParameter[Sequence[Any]] = bindparam("these", expanding=True)
# A row may have got another name since it was found.
_RENAME = update(ledger).where(
    ledger.c.id.in_(_these), ledger.c.user_id == bindparam("of_user")
)
_ROWS_IN_GUILD = (
    select(ledger.c.id)
    .where(
        ledger.c.guild_id == bindparam("of_guild"),
        ledger.c.user_id == bindparam("of_user"),
    )
    .order_by(ledger.c.id.desc())
    .limit(bindparam("at_most"))
)
_REPORTS_OF = (
    select(reports.c.id, reports.c.guild_id)
    .where(reports.c.reporter_id == bindparam("of_user"))
    .limit(bindparam("at_most"))
)
_RENAME_REPORTS = update(reports).where(reports.c.id.in_(_these))
_OVER = (
    select(ledger.c.id)
    .where(
        ledger.c.user_id < 0, ledger.c.counted_at < bindparam("before", type_=Instant)
    )
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_END = update(ledger).where(ledger.c.id.in_(_OVER)).values(user_id=None)
_ANY_LEFT = select(exists().where(ledger.c.user_id < 0))


def rename(connection: Connection, user_id: UserId, at: datetime, limit: int) -> bool:
    """Put a pseudonym in a member's place, in the ledger and on their reports.

    In `limit` rows of each at most; returns whether there may be more.
    """
    lock_until_commit(connection, FORGETTING)
    key = key_in(connection)
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(_ADD_KEY, {"key": key, "made_at": at})
    whose = {"of_user": user_id, "at_most": limit}
    rows = connection.execute(_ROWS_OF, whose).all()
    for guild_id, these in _by_guild(rows).items():
        name = _pseudonym(key, guild_id, user_id)
        connection.execute(
            _RENAME, {"these": these, "of_user": user_id, "user_id": name}
        )
    written = connection.execute(_REPORTS_OF, whose).all()
    for guild_id, these in _by_guild(written).items():
        name = _pseudonym(key, guild_id, user_id)
        connection.execute(
            _RENAME_REPORTS, {"these": these, "reporter_id": name, "reason": ""}
        )
    return limit in {len(rows), len(written)}


def _by_guild(rows: Sequence[Any]) -> Mapping[GuildId, Sequence[Any]]:
    """Return the ids of each server's rows."""
    found: dict[GuildId, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.guild_id].append(row.id)
    return found


def recognise(
    connection: Connection, key: str | None, guild_id: GuildId, user_id: UserId
) -> None:
    """Restore this month's usage to an erased member who asks again.

    Where it is much, the latest of it; the rest when they ask again. Until then it
    counts under both names. `key` is what `KEY` selects; without one nobody was
    forgotten.
    """
    if key is None:
        return
    name = _pseudonym(key, guild_id, user_id)
    these = connection.scalars(
        _ROWS_IN_GUILD, {"of_guild": guild_id, "of_user": name, "at_most": PORTION}
    ).all()
    if these:
        connection.execute(
            _RENAME, {"these": these, "of_user": name, "user_id": user_id}
        )


def key_in(connection: Connection) -> str | None:
    """Return the key of pseudonyms; None = nobody is forgotten just now."""
    key: str | None = connection.scalar(KEY)
    return key


def name_of(key: str | None, guild_id: GuildId, user_id: UserId) -> int:
    """Return under which name a member's rows stand if they were forgotten.

    Without a key it is their id, so that asking for both finds nothing twice.
    """
    return user_id if key is None else _pseudonym(key, guild_id, user_id)


def end(connection: Connection, before: datetime, limit: int) -> int:
    """Take pseudonyms off rows that count before then, and the key off the last.

    At most `limit` rows are changed; returns how many were.
    """
    lock_until_commit(connection, FORGETTING)
    made_at = connection.scalar(_MADE_AT)
    if made_at is None:
        return 0
    result = connection.execute(_END, {"before": before, "at_most": limit})
    ended = result.rowcount
    if made_at < before and not connection.scalar(_ANY_LEFT):
        connection.execute(_DROP_KEYS)
    return ended


def _pseudonym(key: str, guild_id: GuildId, user_id: UserId) -> int:
    """Return a negative number, which is nobody's id."""
    digest = hmac.digest(bytes.fromhex(key), f"{guild_id}:{user_id}".encode(), "sha256")
    return -1 - (int.from_bytes(digest[:8]) >> 2)
