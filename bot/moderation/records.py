"""What a server has set about moderation, and what is reported there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ids import ChannelId, GuildId, JobId, MessageId, UserId
from bot.moderation.policy import Block, PicturesPolicy, SpicyPolicy

PATTERN_MAX_CHARS = 200
MOST_WORDS = 200
"""Rules of one server, of both kinds together."""
MOST_REGEXES = 25
"""Of those. Each is matched on its own, which may take milliseconds."""


class WordKind(StrEnum):
    """How a pattern is read. The values are stored."""

    WORD = "word"
    REGEX = "regex"


class Applies(StrEnum):
    """Which prompts a pattern is for. The values are stored."""

    ALWAYS = "always"
    SPICY = "spicy"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRule:
    """A pattern that no prompt may match."""

    pattern: str
    """As it was given."""
    kind: WordKind
    applies: Applies


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationSettings:
    """One server's settings; the defaults are those of one that has set nothing."""

    policy: SpicyPolicy = SpicyPolicy.OFF
    spicy_role_ids: frozenset[int] = frozenset()
    pictures: PicturesPolicy = PicturesPolicy.OWN
    review_channel_id: ChannelId | None = None
    log_channel_id: ChannelId | None = None
    barred_models: frozenset[str] = frozenset()
    """Names of the operator's models that the server does not use."""
    default_model: str | None = None
    """The name of the one that makes a video where nobody chose; None = the first."""
    words: tuple[WordRule, ...] = ()
    """In the order in which they were added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationFacts:
    """What the database knows about a request, apart from quotas."""

    settings: ModerationSettings = ModerationSettings()
    block: Block | None = None
    """The requester's, also one whose time is over."""


class ReportState(StrEnum):
    """What became of a report. The values are stored."""

    OPEN = "open"
    REMOVED = "removed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One member's complaint about one clip."""

    id: str
    """16 hexadecimal digits."""
    guild_id: GuildId
    job_id: JobId
    reporter_id: UserId
    reason: str
    at: datetime
    state: ReportState = ReportState.OPEN
    decided_by: UserId | None = None


class CardKind(StrEnum):
    """What a card shows or does. The values are stored."""

    REVIEW = "review"
    """A spicy request that waits for approval."""
    REPORT = "report"
    """A report, for the server's moderators."""
    OPERATOR_REPORT = "operator_report"
    """A copy of a report, for the operator."""
    REMOVAL = "removal"
    """No message: a clip that has to be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A message to moderators that follows what it is about."""

    id: str
    """16 hexadecimal digits."""
    kind: CardKind
    guild_id: GuildId
    job_id: JobId
    report_id: str | None
    channel_id: ChannelId
    message_id: MessageId | None
    due_at: datetime | None
    intended_at: datetime | None
    """Set before the first attempt to post it."""
    attempts: int
    fence: int
    """Of the latest claim: writes that carry an older one change nothing."""


def card_nonce(card_id: str) -> str:
    """Return the nonce of a card's message: 21 of Discord's 25 characters."""
    return f"card-{card_id}"
