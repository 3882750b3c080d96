"""The channels of moderators, as a test scripts them."""

import asyncio
from dataclasses import dataclass, field

from bot.errors import MessengerDown, MessengerError
from bot.ids import ChannelId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.moderation.ports import AuditRow
from bot.moderation.records import Card, CardKind, Report
from tests.servers.people import make_actor

REVIEW, LOG, OPERATORS = ChannelId(33), ChannelId(44), ChannelId(55)
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)


@dataclass
class ScriptedBoard:
    """Implements `bot.moderation.ports.CardBoard`; keeps nonces as Discord does."""

    posted: dict[str, MessageId] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    """Cards whose nonce Discord still remembers."""
    shown: list[tuple[CardKind, str, bool]] = field(default_factory=list)
    deleted: list[MessageId] = field(default_factory=list)
    lines: list[tuple[str, bool]] = field(default_factory=list)
    logged: list[tuple[ChannelId, int]] = field(default_factory=list)
    searches: int = 0
    """For log lines."""
    error: MessengerError | None = None
    broken: set[ChannelId] = field(default_factory=set)
    """Where no line can be posted: a 500."""
    silent: ChannelId | None = None
    """Where cards find no answer."""
    lost: bool = False
    """The next post happens, but its answer is lost."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Cards are posted once it is set."""
    asked: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    async def post_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> MessageId:
        self.asked += 1
        await self.open.wait()
        if card.channel_id == self.silent:
            await asyncio.Event().wait()
        assert (report is None) == (card.kind is CardKind.REVIEW)
        if self.error is not None:
            raise self.error
        if card.id not in self.nonces:
            assert card.id not in self.posted, "a second card"
            self.posted[card.id] = MessageId(len(self.posted) + 1)
            self.nonces.add(card.id)
        if self.lost:
            self.lost = False
            raise MessengerDown("reset")
        self.shown.append((card.kind, job.state.value, show_prompt))
        return self.posted[card.id]

    async def find_card(self, card: Card) -> MessageId | None:
        return self.posted.get(card.id)

    async def edit_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> None:
        assert card.message_id == self.posted[card.id]
        state = job.state.value if report is None else report.state.value
        self.shown.append((card.kind, state, show_prompt))

    async def delete_clip(self, channel_id: ChannelId, message_id: MessageId) -> None:
        assert channel_id
        self.deleted.append(message_id)

    async def post_log_line(
        self, channel_id: ChannelId, row: AuditRow, job: Job | None
    ) -> MessageId:
        self.asked += 1
        await self.open.wait()
        if channel_id in self.broken:
            raise MessengerDown("500")
        if self.error is not None:
            raise self.error
        line = (channel_id, row.id)
        if line not in self.logged:
            self.lines.append((row.entry.action, job is not None))
            self.logged.append(line)
        if self.lost:
            self.lost = False
            msg = "reset"
            raise MessengerDown(msg)
        return MessageId(self.logged.index(line) + 1)

    async def find_log_line(
        self, channel_id: ChannelId, row: AuditRow
    ) -> MessageId | None:
        self.searches += 1
        line = (channel_id, row.id)
        return MessageId(self.logged.index(line) + 1) if line in self.logged else None
