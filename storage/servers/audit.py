"""Writes down who changed what, in the transaction of the change itself."""

from sqlalchemy import Connection, insert

from bot.servers.audit import AuditEntry
from storage.tables.servers import audit

_RECORD = insert(audit)


def record_audit(connection: Connection, entry: AuditEntry) -> None:
    """Add an entry. It is never changed again: the database refuses that."""
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
