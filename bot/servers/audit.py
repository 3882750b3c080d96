"""Who changed what in a server, and when. Written once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ids import GuildId, JobId, UserId
from bot.servers.people import Actor

REASON_MAX_CHARS = 300
"""The longest reason that a moderator or an admin may give."""

AuditValue = str | int | float | bool | None | list["AuditValue"]
AuditValues = Mapping[str, AuditValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change of a setting, or one decision."""

    guild_id: GuildId
    actor_id: UserId | None
    """Who did it; None = Clapper itself."""
    at: datetime
    action: str
    """What was done, such as `quota.limits`: the feature and the action."""
    subject: str | None = None
    """What it was done to, such as `server`, `role:123` or `member:456`."""
    before: AuditValues | None = None
    """The values that were replaced; None = there were none."""
    after: AuditValues | None = None
    reason: str | None = None
    """In the actor's own words."""


def entry_by(  # noqa: PLR0913 - what an entry says, each by its name
    actor: Actor,
    at: datetime,
    action: str,
    subject: str,
    *,
    before: AuditValues | None = None,
    after: AuditValues | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Return the record of what somebody did in their server."""
    return AuditEntry(
        guild_id=actor.guild_id,
        actor_id=actor.user_id,
        at=at,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )


def role_subject(role_id: int) -> str:
    """Return a role's name in `AuditEntry.subject`."""
    return f"role:{role_id}"


def job_subject(job_id: JobId) -> str:
    """Return a job's name in `AuditEntry.subject`."""
    return f"job:{job_id}"


def member_subject(user_id: UserId) -> str:
    """Return a member's name in `AuditEntry.subject`."""
    return f"member:{user_id}"
