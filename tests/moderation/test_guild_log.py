"""A server's log channel gets each audit row once, in their order."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import MessengerDown, MessengerError, PlaceGone, StorageFull
from bot.ids import ChannelId, GuildId, JobId
from bot.jobs.jobs import Job
from bot.jobs.store import JobStore
from bot.moderation.administration import Change, Moderation, Purpose
from bot.moderation.guild_log import BACKOFF, MOST_LOGS, PAGE, PAUSE_S, GuildLog
from bot.moderation.policy import SpicyPolicy
from bot.moderation.review import Review
from bot.workers.job_worker import IDLE_S
from bot.workers.leases import LEASE_S
from bot.workers.limits import new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from storage.database.engine import Database
from storage.leases import clear_leases
from storage.moderation.guild_logs import SqlGuildLogs
from storage.moderation.store import SqlModerationStore
from tests.callbacks import alone
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.moderation.board import ADMIN, LOG, OPERATORS, ScriptedBoard
from tests.pipeline.loops import until

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")


@pytest.fixture
def make_log(
    database: Database,
    store: JobStore,
    board: ScriptedBoard,
    channels: ScriptedChannels,
    clock: FakeClock,
) -> Callable[[], GuildLog]:
    """Return what makes a worker as another process has it."""

    def make(idle_s: float = PAUSE_S) -> GuildLog:
        return GuildLog(
            SqlGuildLogs(database),
            store,
            board,
            channels,
            clock,
            messages=new_limits(clock, wall=clock, living=alone).messages,
            idle_s=idle_s,
        )

    return make


@pytest.fixture
def guild_log(make_log: Callable[[], GuildLog]) -> GuildLog:
    return make_log()


async def test_the_log_channel_gets_each_entry_once_in_order(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.run_once()
    await guild_log.run_once()

    assert [action for action, _ in board.lines] == [
        "moderation.channel",
        "moderation.policy",
    ]


async def test_the_log_of_a_killed_worker_is_looked_for_when_its_lease_ends(
    make_log: Callable[..., GuildLog],
    database: Database,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    now = clock.now()
    until_at = now + timedelta(seconds=LEASE_S)
    await SqlGuildLogs(database).claim(ADMIN.guild_id, now, until_at, PAGE)
    other = make_log(idle_s=IDLE_S)
    assert await other.run_once() == LEASE_S
    assert board.lines == []

    clock.advance(LEASE_S)
    await other.run_once()
    assert len(board.lines) == 1


async def test_the_log_of_a_server_that_wants_none_keeps_nobody_awake(
    make_log: Callable[..., GuildLog], settings: SqlModerationStore, clock: FakeClock
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_channel(ADMIN, Purpose.LOG, None)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)

    assert await make_log(idle_s=IDLE_S).run_once() == IDLE_S


async def test_the_log_waits_while_discord_is_down_and_loses_nothing(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = MessengerDown("503")
    await guild_log.run_once()
    board.error = None
    await guild_log.run_once()
    assert board.lines == []
    clock.advance(60)
    await guild_log.run_once()

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
    await guild_log.run_once()
    board.error = None
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.run_once()

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
    await guild_log.run_once()

    assert board.lines[-1] == ("review.approved", restricted)


@pytest.mark.parametrize("next_life", [False, True])
async def test_a_line_whose_answer_was_lost_is_not_posted_twice(  # noqa: PLR0913
    guild_log: GuildLog,
    make_log: Callable[[], GuildLog],
    board: ScriptedBoard,
    database: Database,
    settings: SqlModerationStore,
    clock: FakeClock,
    *,
    next_life: bool,
) -> None:
    """The channel is searched for it, whatever Discord remembers of nonces."""
    moderation = Moderation(settings, clock)
    clock.advance(1)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    board.lost = True
    await guild_log.run_once()
    clock.advance(60)
    if next_life:
        await clear_leases(database)
        guild_log = make_log()
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    for _ in range(2):
        await guild_log.run_once()

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
        await guild_log.run_once()
        clock.advance(REFUSED_WAIT_S)
    board.error = None
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await guild_log.run_once()

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
    await guild_log.run_once()
    assert board.searches == 0
    board.error = None
    clock.advance(REFUSED_WAIT_S)
    await guild_log.run_once()

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
        await guild_log.run_once()
    clock.advance(PAUSE_S)
    await guild_log.run_once()

    assert board.lines[-1][0] == "review.approved"
    assert [one for one in logged if one["log_level"] != "debug"] == []


async def test_two_workers_post_each_line_once_and_in_their_order(
    make_log: Callable[[], GuildLog],
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    for _ in range(PAGE):
        await moderation.change_role(ADMIN, Change.ADD, 5)
        await moderation.change_role(ADMIN, Change.REMOVE, 5)
    workers = [make_log() for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(one.run_once() for one in workers))
        await asyncio.gather(*(one.drain() for one in workers))

    posted = [number for _, number in board.logged]
    assert len(posted) == 1 + 2 * PAGE
    assert posted == sorted(set(posted))


async def test_a_worker_that_sleeps_past_its_lease_posts_no_line_of_another_s(
    make_log: Callable[[], GuildLog],
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    board.open.clear()
    asleep, other = make_log(), make_log()
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
    # Discord takes the repeated first line for one with the same nonce.
    assert len(board.logged) == 2


async def test_another_channel_gets_nothing_that_was_begun_for_the_former(
    guild_log: GuildLog,
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(settings, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    board.open.clear()
    looking = asyncio.create_task(guild_log.run_once(), name="looking")
    await until(lambda: board.asked == 1)
    await moderation.set_channel(ADMIN, Purpose.LOG, OPERATORS)
    board.open.set()
    await looking
    await guild_log.run_once()

    assert [channel for channel, _ in board.logged] == [LOG, OPERATORS]
    assert board.lines[-1] == ("moderation.channel", False)


async def test_a_line_that_was_never_tried_is_not_searched_for(
    make_log: Callable[[], GuildLog],
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    """A restart alone makes nothing doubtful: the row says what was intended."""
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    clock.advance(3600)
    await make_log().run_once()

    assert (board.searches, len(board.lines)) == (0, 1)


async def test_refusals_are_counted_over_restarts(
    make_log: Callable[[], GuildLog],
    board: ScriptedBoard,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> None:
    await Moderation(settings, clock).set_channel(ADMIN, Purpose.LOG, LOG)
    board.error = MessengerError("400")
    for _ in range(MOST_REFUSALS):
        await make_log().run_once()
        clock.advance(REFUSED_WAIT_S)
    board.error = None
    await make_log().run_once()

    assert board.lines == []


@pytest.mark.thorough
async def test_more_broken_logs_than_are_looked_at_together_hide_no_other(
    guild_log: GuildLog, board: ScriptedBoard, database: Database, clock: FakeClock
) -> None:
    moderation = Moderation(SqlModerationStore(database), clock)

    async def begin(number: int) -> None:
        admin = replace(ADMIN, guild_id=GuildId(number))
        await moderation.set_channel(admin, Purpose.LOG, ChannelId(number))

    broken = range(1001, 1006 + MOST_LOGS)
    board.broken = {ChannelId(number) for number in broken}
    for number in broken:
        await begin(number)
    while board.asked < len(broken):
        await guild_log.run_once()
        clock.advance(0.5)
    clock.advance(BACKOFF.cap_s)

    await begin(7)
    await guild_log.run_once()
    await guild_log.drain()

    assert [channel_id for channel_id, _ in board.logged] == [7]
