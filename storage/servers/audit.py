"""Writes down who changed what, in the transaction of the change itself."""

from sqlalchemy import Connection, bindparam, exists, func, insert, update

from bot.servers.audit import AuditEntry
from storage.tables.column_types import Instant
from storage.tables.moderation import guild_logs, moderation
from storage.tables.servers import audit

_LOG_IS_DUE = (
    update(guild_logs)
    .where(
        guild_logs.c.guild_id == bindparam("of_guild"),
        exists().where(
            moderation.c.guild_id == bindparam("of_guild"),
            moderation.c.log_channel_id.is_not(None),
        ),
    )
    .values(due_at=func.coalesce(guild_logs.c.due_at, bindparam("at", type_=Instant)))
)
_RECORD = insert(audit)


def record_audit(connection: Connection, entry: AuditEntry) -> None:
    """Add an entry, and make it due in the server's log channel.

    It is never changed again: the database refuses that. What else the transaction
    changes comes before, because this holds the row of the server's log.
    """
    # Before the entry gets its number: see `guild_logs`.
    connection.execute(_LOG_IS_DUE, {"of_guild": entry.guild_id, "at": entry.at})
    connection.execute(
        _RECORD,
        {
            "guild_id": entry.guild_id,
            "actor_id": entry.actor_id,
            "at": entry.at,
            "action": entry.action,
            "subject": entry.subject,
            "before": None if entry.before is None else dict(entry.before),
            "after": None if entry.after is None else dict(entry.after),
            "reason": entry.reason,
        },
    )
