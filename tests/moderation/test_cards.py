"""Cards reach moderators once, follow what they are about, and survive crashes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.errors import MessengerDown, MessengerError
from bot.ids import ChannelId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.card_worker import PAGE, PAUSE_S, Cards
from bot.moderation.records import Card, CardKind
from bot.moderation.reports import Reports
from bot.moderation.review import Review
from bot.workers import side_by_side
from bot.workers.job_worker import IDLE_S
from bot.workers.leases import LEASE_S
from bot.workers.limits import MOST_OF_A_CHANNEL, new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.service_evidence import LONGEST_GAP_S, SILENT_S
from storage.database.engine import Database
from storage.moderation.cards import SqlCardStore
from storage.moderation.reports import SqlReportStore
from storage.moderation.store import SqlModerationStore
from tests.callbacks import alone
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.factories import make_job, reach
from tests.moderation.board import ScriptedBoard
from tests.pipeline.loops import until
from tests.servers.people import make_actor, somebody_else

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

REVIEW, LOG, OPERATORS = ChannelId(33), ChannelId(44), ChannelId(55)
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)


@pytest.fixture
def make_cards(
    database: Database,
    store: JobStore,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    clock: FakeClock,
) -> Callable[[], Cards]:
    """Return what makes a worker as another process has it."""

    def make(idle_s: float = PAUSE_S) -> Cards:
        return Cards(
            SqlCardStore(database),
            store,
            SqlReportStore(database),
            board,
            channels,
            clock,
            messages=new_limits(clock, wall=clock, living=alone).messages,
            idle_s=idle_s,
        )

    return make


@pytest.fixture
def cards(make_cards: Callable[[], Cards]) -> Cards:
    return make_cards()


async def test_a_card_is_posted_once_and_follows_the_decision(
    cards: Cards, board: ScriptedBoard, review: Review, waiting: Job
) -> None:
    await cards.run_once()
    await cards.run_once()
    await review.approve(ADMIN, waiting.id)
    await cards.run_once()
    await cards.run_once()

    assert board.shown == [
        (CardKind.REVIEW, "awaiting_review", True),
        (CardKind.REVIEW, "queued", True),
    ]


@pytest.mark.usefixtures("waiting")
async def test_two_workers_post_a_card_once(
    make_cards: Callable[[], Cards], board: ScriptedBoard
) -> None:
    await asyncio.gather(*(make_cards().run_once() for _ in range(4)))

    assert len(board.shown) == 1


@pytest.mark.usefixtures("waiting")
async def test_a_worker_that_sleeps_past_its_lease_records_nothing_of_a_card(
    make_cards: Callable[[], Cards], board: ScriptedBoard, clock: FakeClock
) -> None:
    board.open.clear()
    asleep, other = make_cards(), make_cards()
    looking = asyncio.create_task(asleep.run_once(), name="asleep")
    await until(lambda: board.asked == 1)
    clock.advance(LEASE_S)
    looking_too = asyncio.create_task(other.run_once(), name="other")
    await until(lambda: board.asked == 2)
    with capture_logs() as logs:
        board.open.set()
        await asyncio.gather(looking, looking_too)
        await asyncio.gather(asleep.drain(), other.drain())

    assert [one["event"] for one in logs].count("claim lost") == 1
    assert len(board.posted) == 1


@pytest.mark.usefixtures("waiting")
async def test_a_card_of_a_killed_worker_is_looked_for_when_its_lease_ends(
    make_cards: Callable[..., Cards],
    database: Database,
    board: ScriptedBoard,
    clock: FakeClock,
) -> None:
    (card,) = await _all(database)
    now = clock.now()
    await SqlCardStore(database).claim(card.id, now, now + timedelta(seconds=LEASE_S))
    other = make_cards(idle_s=IDLE_S)
    clock.advance(5)
    assert await other.run_once() == LEASE_S - 5
    assert board.posted == {}

    clock.advance(LEASE_S - 5)
    await other.run_once()
    assert len(board.posted) == 1
    assert await other.run_once() == IDLE_S


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
    await cards.run_once()
    clock.advance(10)
    if nonce_forgotten:
        board.nonces.clear()
    await cards.run_once()

    assert len(board.posted) == 1
    assert len(board.shown) == 1


@pytest.mark.usefixtures("waiting")
async def test_a_card_that_is_always_refused_is_given_up_after_a_few_tries(
    cards: Cards, board: ScriptedBoard, database: Database, clock: FakeClock
) -> None:
    board.error = MessengerError("400")
    for _ in range(MOST_REFUSALS - 1):
        await cards.run_once()
        assert await SqlCardStore(database).due(clock.now(), 9) == []
        clock.advance(REFUSED_WAIT_S)
    await cards.run_once()

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
    await cards.run_once()
    assert board.posted == {}
    channels.restricted.add(REVIEW)
    clock.advance(60)
    await cards.run_once()

    assert len(board.posted) == 1


async def test_a_request_decided_before_anybody_saw_it_gets_no_card(
    cards: Cards, board: ScriptedBoard, review: Review, waiting: Job
) -> None:
    await review.deny(ADMIN, waiting.id, "")
    await cards.run_once()

    assert board.posted == {}


@pytest.mark.usefixtures("waiting")
async def test_while_discord_is_down_cards_wait(
    cards: Cards, board: ScriptedBoard, clock: FakeClock
) -> None:
    board.error = MessengerDown("503")
    await cards.run_once()
    board.error = None
    await cards.run_once()
    assert board.posted == {}
    clock.advance(60)
    await cards.run_once()

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
        discard_clip=lambda _: spooled.unlink(),
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
    await cards.run_once()
    # Side by side, each in a channel of its own.
    assert sorted(board.shown, reverse=True) == [
        (CardKind.REPORT, "delivered", True),
        (CardKind.OPERATOR_REPORT, "delivered", False),  # not age-restricted
    ]
    (report_id,) = {card.report_id for card in await _all(database)}
    assert report_id is not None
    await reports.remove(ADMIN, report_id)
    await cards.run_once()

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


async def test_a_silent_channels_cards_hide_no_other_however_many_they_are(  # noqa: PLR0913, PLR0917
    cards: Cards,
    board: ScriptedBoard,
    store: JobStore,
    settings: SqlModerationStore,
    channels: ScriptedChannels,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(side_by_side, "OVERDUE_S", 0.05)
    board.silent = REVIEW
    channels.restricted.add(OPERATORS)
    for _ in range(PAGE + 5):
        await reach(store, JobState.AWAITING_REVIEW, make_job(mode=Mode.SPICY))
    for number in range(1, MOST_OF_A_CHANNEL + 1):
        await cards.run_once()
        await until(partial(_is_asked, board, number))
        clock.advance(SILENT_S)

    await Moderation(settings, clock).set_channel(ADMIN, Purpose.REVIEW, OPERATORS)
    await reach(store, JobState.AWAITING_REVIEW, make_job(mode=Mode.SPICY))
    clock.advance(LONGEST_GAP_S)
    await cards.run_once()

    await until(lambda: len(board.posted) == 1)
    await cards.abandon()


def _is_asked(board: ScriptedBoard, times: int) -> bool:
    return board.asked == times
