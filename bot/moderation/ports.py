"""What moderation needs from storage and Discord.

Declarations only, owned by the logic.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypedDict

from bot.ids import ChannelId, GuildId, JobId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.moderation.policy import Block
from bot.moderation.records import Card, ModerationSettings, Report, ReportState
from bot.servers.audit import AuditEntry
from bot.workers.leases import LeaseStore

Revised = tuple[ModerationSettings, AuditEntry]
"""What settings become, and how that is to be recorded."""
Revise = Callable[[ModerationSettings], Revised]
"""Says how settings are to change. Pure: it is called within a transaction, and what
it raises leaves everything as it was."""


class ModerationStore(Protocol):
    """Each server's settings and blocks. Implemented by `storage.moderation.store`.

    What changes something is one transaction together with its audit row.
    """

    async def settings(self, guild_id: GuildId) -> ModerationSettings:
        """Return a server's settings, or the defaults."""
        ...

    async def revise(self, guild_id: GuildId, revise: Revise) -> ModerationSettings:
        """Change a server's settings, and return them as they are then."""
        ...

    async def block_of(self, guild_id: GuildId, user_id: UserId) -> Block | None:
        """Return a member's block, also one whose time is over."""
        ...

    async def block(self, guild_id: GuildId, block: Block, entry: AuditEntry) -> None:
        """Block a member; a block they have already is replaced."""
        ...

    async def unblock(
        self, guild_id: GuildId, user_id: UserId, entry: AuditEntry
    ) -> bool:
        """Lift a block. Returns False, with nothing recorded, if there was none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a moderator, or the lapse of time, makes of a request under review."""

    state: JobState
    """`queued` or `denied`."""
    decided_by: UserId | None
    """None = nobody decided in time."""
    reason: str | None
    at: datetime
    entry: AuditEntry


class ReviewStore(Protocol):
    """Decisions on requests under review. Implemented by `storage.requests.reviews`."""

    async def decide(self, job_id: JobId, decision: Decision) -> Job | None:
        """Decide on a request, and record it, in one transaction.

        Returns the job as it is then; None, with nothing changed, if it no longer
        waits: somebody else was quicker, or the requester cancelled it.
        """
        ...

    async def waiting_since(self, before: datetime, limit: int) -> Sequence[Job]:
        """Return requests that have waited since before then, the longest first."""
        ...


class ReportStore(Protocol):
    """Reports about clips. Implemented by `storage.moderation.reports`."""

    async def add(
        self, report: Report, operator_channel_id: ChannelId | None, entry: AuditEntry
    ) -> bool:
        """Record a report with its cards.

        One goes to the review channel, else to the log channel, and one to the
        operator's channel where there is one. Returns False, with nothing changed, if
        this member has reported it already.
        """
        ...

    async def get(self, report_id: str) -> Report | None:
        """Return a report by its id."""
        ...

    async def decide(
        self, report_id: str, state: ReportState, entry: AuditEntry
    ) -> Report | None:
        """Decide on a report, and record it, in one transaction.

        `removed` marks the job, orders the deletion of the clip's message, and closes
        all open reports of the same clip. Returns the report as it is then; None, with
        nothing changed, if it was decided already.
        """
        ...

    async def note_removed(self, job_id: JobId, entry: AuditEntry) -> None:
        """Mark a job whose clip has been deleted, and record it."""
        ...


class CardChanges(TypedDict, total=False):
    """The fields of a card that may change."""

    message_id: MessageId | None
    due_at: datetime | None
    intended_at: datetime | None
    attempts: int


class CardStore(LeaseStore[Card], Protocol):
    """Messages to moderators that are due. Implemented in `storage.moderation`.

    What takes a claimed card raises `ClaimLost`, with nothing changed, where another
    worker has claimed it since.
    """

    async def due(self, now: datetime, limit: int) -> Sequence[Card]:
        """Return unclaimed cards to be posted, redrawn or carried out."""
        ...

    async def claim(self, card_id: str, now: datetime, until: datetime) -> Card | None:
        """Claim a card until then; None if somebody else has it, or it is not due."""
        ...

    async def note(self, card: Card, changes: CardChanges) -> None:
        """Change fields of a claimed card. The claim is still held afterwards."""
        ...

    async def finish(self, card: Card, changes: CardChanges) -> None:
        """Change fields of a claimed card and end the claim.

        If what it shows has changed since it was claimed, it stays due.
        """
        ...

    async def settle(self, card: Card, message_id: MessageId | None) -> None:
        """Record that a card shows, as `message_id`, what was to be shown, and end.

        If that has changed since it was claimed, the card stays due.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An audit entry as it is stored."""

    id: int
    entry: AuditEntry


class AuditTrail(Protocol):
    """Reads the audit. Implemented by `storage.moderation.audit_trail`."""

    async def page(
        self, guild_id: GuildId, member: UserId | None, *, limit: int, offset: int
    ) -> Sequence[AuditRow]:
        """Return a server's entries, newest first; of a member: by or about them."""
        ...

    async def count(self, guild_id: GuildId, member: UserId | None) -> int:
        """Return how many entries `page` has on all pages together."""
        ...

    def since(
        self, guild_id: GuildId, start: datetime
    ) -> AsyncIterator[Sequence[AuditRow]]:
        """Read a server's entries from a time on, oldest first, some at a time."""
        ...


class ChannelView(Protocol):
    """Whether a channel is age-restricted. Implemented in `cogs`."""

    async def seems_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        """Return what Discord said lately; False for a channel we cannot see.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        ...

    async def restricted_channels(self, guild_id: GuildId) -> frozenset[ChannelId]:
        """Return a server's age-restricted channels, by what Discord said lately.

        Threads are not among them.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        ...

    async def is_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        """Read the channel, a thread's parent and the server's level from Discord.

        Raises:
            MessengerError: If Discord could not be read, or there is no such place.
        """
        ...


class CardBoard(Protocol):
    """Posts to moderators by bot token. Implemented in `cogs`.

    Nothing that it posts pings anybody. Every method raises `MessengerError` where
    Discord did not take it.
    """

    async def post_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> MessageId:
        """Post a card; a repetition soon after returns the first message."""
        ...

    async def find_card(self, card: Card) -> MessageId | None:
        """Search the channel since the intent to post for this card's buttons."""
        ...

    async def edit_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> None:
        """Make a card show what it is about as it is now."""
        ...

    async def delete_clip(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message. One that is gone already is no error."""
        ...

    async def post_log_line(
        self, channel_id: ChannelId, row: AuditRow, job: Job | None
    ) -> MessageId:
        """Post what was done as one message, in the server's language.

        `job` is the one concerned, if its prompt may be shown.
        """
        ...

    async def find_log_line(
        self, channel_id: ChannelId, row: AuditRow
    ) -> MessageId | None:
        """Search the channel's latest hundred messages for a line."""
        ...
