"""How the guild log takes its work. Implemented by `storage.moderation.guild_logs`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import ChannelId, GuildId
from bot.moderation.ports import AuditRow
from bot.workers.leases import LeaseStore


@dataclass(frozen=True, slots=True, kw_only=True)
class LogClaim:
    """The right to post to one server's log channel, and what is to be posted."""

    guild_id: GuildId
    channel_id: ChannelId
    fence: int
    rows: Sequence[AuditRow]
    """The next entries, oldest first. There may be more."""
    intended_at: datetime | None
    """When the first of them was first to be posted; None = nothing was tried."""
    attempts: int
    refusals: int
    """Of the first of them."""


class GuildLogStore(LeaseStore[LogClaim], Protocol):
    """How far each log channel has the audit.

    What takes a claim raises `ClaimLost`, and changes nothing, if somebody else has
    claimed that log since, or its channel is another one.
    """

    async def due(
        self, now: datetime, limit: int
    ) -> Sequence[tuple[GuildId, ChannelId]]:
        """Return servers with entries to be posted that nobody has claimed."""
        ...

    async def claim(
        self, guild_id: GuildId, now: datetime, until: datetime, most: int
    ) -> LogClaim | None:
        """Claim a log that is due, with so many entries; None = it is not to be had."""
        ...

    async def intend(self, claim: LogClaim, at: datetime) -> None:
        """Record when the next entry was first to be posted."""
        ...

    async def note_posted(
        self, claim: LogClaim, row: AuditRow, until: datetime
    ) -> None:
        """Record that the channel has the entries up to this one; renew the lease."""
        ...

    async def postpone(
        self, claim: LogClaim, due_at: datetime, *, attempts: int, refusals: int
    ) -> None:
        """End a claim; the next entry is to be tried again at that time."""
        ...

    async def release(self, claim: LogClaim) -> None:
        """End a claim and leave the log as due as it was."""
        ...

    async def finish(self, claim: LogClaim) -> bool:
        """End a claim whose entries were all posted; return whether there are more."""
        ...
