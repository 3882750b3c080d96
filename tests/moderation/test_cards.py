"""Cards reach moderators once, follow what they are about, and survive crashes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.errors import MessengerDown, MessengerError, PlaceGone, StorageFull
from bot.ids import ChannelId, JobId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.card_worker import Cards
from bot.moderation.guild_log import PAUSE_S, GuildLog
from bot.moderation.policy import SpicyPolicy
from bot.moderation.ports import AuditRow
from bot.moderation.records import Card, CardKind, Report
from bot.moderation.reports import Reports
from bot.moderation.review import Review
from bot.workers.job_worker import LEASE_S
from bot.workers.limits import Limits, new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from storage.database.engine import Database
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.cards import SqlCardStore
from storage.moderation.reports import SqlReportStore
from storage.moderation.store import SqlModerationStore
from storage.requests.reviews import SqlReviewStore
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.factories import make_job, reach
from tests.pipeline.loops import until
from tests.servers.people import make_actor, somebody_else

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

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
    logged: list[int] = field(default_factory=list)
    searches: int = 0
    """For log lines."""
    error: MessengerError | None = None
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
    ) -> None:
        assert channel_id == LOG
        if self.error is not None:
            raise self.error
        self.lines.append((row.entry.action, job is not None))
        self.logged.append(row.id)
        if self.lost:
            self.lost = False
            msg = "reset"
            raise MessengerDown(msg)

    async def is_logged(self, channel_id: ChannelId, row: AuditRow) -> bool:
        assert channel_id == LOG
        self.searches += 1
        return row.id in self.logged


@pytest.fixture
def board() -> ScriptedBoard:
    return ScriptedBoard()


@pytest.fixture
def channels() -> ScriptedChannels:
    return ScriptedChannels({REVIEW})


@pytest.fixture
async def settings(database: Database, clock: FakeClock) -> SqlModerationStore:
    store = SqlModerationStore(database)
    moderation = Moderation(store, clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, REVIEW)
    return store


@pytest.fixture
def make_cards(
    database: Database,
    store: JobStore,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    clock: FakeClock,
) -> Callable[[], Cards]:
    """Return what makes a worker as another process has it."""

    def make() -> Cards:
        return Cards(
            SqlCardStore(database),
            store,
            SqlReportStore(database),
            board,
            channels,
            clock,
            messages=new_limits(clock).messages,
        )

    return make


@pytest.fixture
def cards(make_cards: Callable[[], Cards]) -> Cards:
    return make_cards()


@pytest.fixture
def review(
    store: JobStore,
    database: Database,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> Review:
    blocks = Blocks(settings, clock)
    return Review(store, SqlReviewStore(database, listener=None), blocks, clock)


@pytest.fixture
async def waiting(
    store: JobStore,
    settings: SqlModerationStore,  # noqa: ARG001 - the card goes where they say
) -> Job:
    return await reach(store, JobState.AWAITING_REVIEW, make_job(mode=Mode.SPICY))


async def test_a_card_is_posted_once_and_follows_the_decision(
    cards: Cards, board: ScriptedBoard, review: Review, waiting: Job
) -> None:
    await cards.look()
    await cards.look()
    await review.approve(ADMIN, waiting.id)
    await cards.look()
    await cards.look()

    assert board.shown == [
        (CardKind.REVIEW, "awaiting_review", True),
        (CardKind.REVIEW, "queued", True),
    ]


@pytest.mark.usefixtures("waiting")
async def test_two_workers_post_a_card_once(
    make_cards: Callable[[], Cards], board: ScriptedBoard
) -> None:
    await asyncio.gather(*(make_cards().look() for _ in range(4)))

    assert len(board.shown) == 1


@pytest.mark.usefixtures("waiting")
async def test_a_worker_that_sleeps_past_its_lease_records_nothing_of_a_card(
    make_cards: Callable[[], Cards], board: ScriptedBoard, clock: FakeClock
) -> None:
    board.open.clear()
    asleep, other = make_cards(), make_cards()
    looking = asyncio.create_task(asleep.look(), name="asleep")
    await until(lambda: board.asked == 1)
    clock.advance(LEASE_S)
    looking_too = asyncio.create_task(other.look(), name="other")
    await until(lambda: board.asked == 2)
    with capture_logs() as logs:
        board.open.set()
        await asyncio.gather(looking, looking_too)
        await asyncio.gather(asleep.drain(), other.drain())

    assert [one["event"] for one in logs].count("claim lost") == 1
    assert len(board.posted) == 1


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("nonce_forgotten", [False, True])
async def test_a_card_whose_answer_was_lost_is_not_posted_twice(
    cards: Cards,
    board: ScriptedBoard,
    clock: FakeClock,
    *,
    nonce_forgotten: bool,
) -> None:
    """The channel is searched, whatever Discord remembers."""
    board.lost = True
    await cards.look()
    clock.advance(10)
    if nonce_forgotten:
        board.nonces.clear()
    await cards.look()

    assert len(board.posted) == 1
    assert len(board.shown) == 1


@pytest.mark.usefixtures("waiting")
async def test_a_card_that_is_always_refused_is_given_up_after_a_few_tries(
    cards: Cards, board: ScriptedBoard, database: Database, clock: FakeClock
) -> None:
    board.error = MessengerError("400")
    for _ in range(MOST_REFUSALS - 1):
        await cards.look()
        assert await SqlCardStore(database).due(clock.now(), 9) == []
        clock.advance(REFUSED_WAIT_S)
    await cards.look()

    clock.advance(24 * 3600)
    assert await SqlCardStore(database).due(clock.now(), 9) == []


@pytest.mark.usefixtures("waiting")
async def test_a_spicy_prompt_is_not_shown_in_a_plain_review_channel(
    cards: Cards,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    clock: FakeClock,
) -> None:
    """The card waits until the channel is age-restricted again."""
    channels.restricted.clear()
    await cards.look()
    assert board.posted == {}
    channels.restricted.add(REVIEW)
    clock.advance(60)
    await cards.look()

    assert len(board.posted) == 1


async def test_a_request_decided_before_anybody_saw_it_gets_no_card(
    cards: Cards, board: ScriptedBoard, review: Review, waiting: Job
) -> None:
    await review.deny(ADMIN, waiting.id, "")
    await cards.look()

    assert board.posted == {}


@pytest.mark.usefixtures("waiting")
async def test_while_discord_is_down_cards_wait(
    cards: Cards, board: ScriptedBoard, clock: FakeClock
) -> None:
    board.error = MessengerDown("503")
    await cards.look()
    board.error = None
    await cards.look()
    assert board.posted == {}
    clock.advance(60)
    await cards.look()

    assert len(board.posted) == 1


async def test_a_report_makes_two_cards_and_removal_deletes_the_clip(  # noqa: PLR0913, PLR0917
    cards: Cards,
    board: ScriptedBoard,
    database: Database,
    store: JobStore,
    settings: SqlModerationStore,
    clock: FakeClock,
    tmp_path: Path,
) -> None:
    spooled = tmp_path / "clip.mp4"
    spooled.write_bytes(b"clip")
    reports = Reports(
        store,
        SqlReportStore(database),
        Blocks(settings, clock),
        clock,
        spool_path=lambda _: spooled,
        operator_channel_id=OPERATORS,
    )
    job = await reach(
        store,
        JobState.DELIVERED,
        make_job(mode=Mode.SPICY),
        clip_message_id=MessageId(77),
        post_intended_at=clock.now(),
    )

    await reports.report(somebody_else(), job.id, "it is me")
    await cards.look()
    # Side by side, each in a channel of its own.
    assert sorted(board.shown, reverse=True) == [
        (CardKind.REPORT, "delivered", True),
        (CardKind.OPERATOR_REPORT, "delivered", False),  # not age-restricted
    ]
    (report_id,) = {card.report_id for card in await _all(database)}
    assert report_id is not None
    await reports.remove(ADMIN, report_id)
    await cards.look()

    assert board.deleted == [77]
    assert sorted(board.shown[2:], reverse=True) == [
        (CardKind.REPORT, "removed", True),
        (CardKind.OPERATOR_REPORT, "removed", False),
    ]
    removed = await store.get(job.id)
    assert removed is not None
    assert removed.removed_at == clock.now()
    assert not spooled.exists()


async def _all(database: Database) -> list[Card]:
    await database.write(
        lambda connection: connection.execute(text("UPDATE cards SET due_at = 1"))
    )
    return list(await SqlCardStore(database).due(FakeClock().now(), 99))


@pytest.fixture
def guild_log(
    database: Database,
    store: JobStore,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    clock: FakeClock,
    limits: Limits,
) -> GuildLog:
    return GuildLog(
        SqlAuditTrail(database),
        store,
        board,
        channels,
        clock,
        messages=limits.messages,
    )


async def test_the_log_channel_gets_each_entry_once_in_order(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.look()
    await guild_log.look()

    assert [action for action, _ in board.lines] == [
        "moderation.channel",
        "moderation.policy",
    ]


async def test_the_log_waits_while_discord_is_down_and_loses_nothing(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = MessengerDown("503")
    await guild_log.look()
    board.error = None
    await guild_log.look()
    assert board.lines == []
    clock.advance(60)
    await guild_log.look()

    assert len(board.lines) == 1


async def test_a_log_channel_that_is_gone_holds_nothing_up(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = PlaceGone("10003")
    await guild_log.look()
    board.error = None
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.look()

    assert [action for action, _ in board.lines] == ["moderation.policy"]


@pytest.mark.parametrize("restricted", [False, True])
async def test_the_log_shows_a_spicy_prompt_only_where_it_may(  # noqa: PLR0913, PLR0917
    guild_log: GuildLog,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    settings: SqlModerationStore,
    review: Review,
    waiting: Job,
    clock: FakeClock,
    *,
    restricted: bool,
) -> None:
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    if restricted:
        channels.restricted.add(LOG)
    await review.approve(ADMIN, waiting.id)
    await guild_log.look()

    assert board.lines[-1] == ("review.approved", restricted)


@pytest.mark.parametrize("next_life", [False, True])
async def test_a_line_whose_answer_was_lost_is_not_posted_twice(  # noqa: PLR0913, PLR0917
    guild_log: GuildLog,
    board: ScriptedBoard,
    database: Database,
    store: JobStore,
    channels: ScriptedChannels,
    settings: SqlModerationStore,
    clock: FakeClock,
    limits: Limits,
    *,
    next_life: bool,
) -> None:
    """The channel is searched for it, whatever Discord remembers of nonces."""
    moderation = Moderation(settings, clock)
    clock.advance(1)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    board.lost = True
    await guild_log.look()
    clock.advance(60)
    if next_life:
        guild_log = GuildLog(
            SqlAuditTrail(database),
            store,
            board,
            channels,
            clock,
            messages=limits.messages,
        )
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    for _ in range(2):
        await guild_log.look()

    assert [action for action, _ in board.lines] == [
        "moderation.channel",
        "moderation.policy",
    ]


async def test_a_line_that_is_always_refused_does_not_hold_up_the_next(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = MessengerError("400")
    for _ in range(MOST_REFUSALS):
        await guild_log.look()
        clock.advance(REFUSED_WAIT_S)
    board.error = None
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.look()

    assert [action for action, _ in board.lines] == ["moderation.policy"]


async def test_a_line_that_was_refused_is_searched_before_it_is_posted_again(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    """We do not know that refusal, and so not what came of the line."""
    clock.advance(1)
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = MessengerError("400")
    await guild_log.look()
    assert board.searches == 0
    board.error = None
    clock.advance(REFUSED_WAIT_S)
    await guild_log.look()

    assert (board.searches, len(board.lines)) == (1, 1)


async def test_trouble_of_the_database_is_no_servers_fault(  # noqa: PLR0913, PLR0917
    guild_log: GuildLog,
    board: ScriptedBoard,
    store: JobStore,
    settings: SqlModerationStore,
    review: Review,
    waiting: Job,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its log goes on once the trouble is over, and no traceback tells of it."""
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    await review.approve(ADMIN, waiting.id)

    async def full(job_id: JobId) -> Job | None:
        assert job_id
        msg = "database or disk is full"
        raise StorageFull(msg)

    with monkeypatch.context() as patch, capture_logs() as logged:
        patch.setattr(store, "get", full)
        await guild_log.look()
    clock.advance(PAUSE_S)
    await guild_log.look()

    assert board.lines[-1][0] == "review.approved"
    assert [one for one in logged if one["log_level"] != "debug"] == []
