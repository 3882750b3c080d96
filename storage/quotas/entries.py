"""Entries of the audit about quotas."""

from typing import Any

from bot.quotas.settings import AdminAction
from bot.servers.audit import AuditEntry


def entry_of(
    admin_action: AdminAction,
    action: str,
    subject: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str | None = None,
) -> AuditEntry:
    """Return the entry about what somebody has just changed."""
    return AuditEntry(
        guild_id=admin_action.guild_id,
        actor_id=admin_action.actor_id,
        at=admin_action.at,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )
