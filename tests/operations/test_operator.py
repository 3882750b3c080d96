"""What the operator is told, where, and how often."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.errors import MessengerDown, MessengerError, PlaceForbidden, StorageBusy
from bot.ids import ChannelId
from bot.operations.installation import OperatorMessage
from bot.operations.operator import LoggedOperator
from bot.operations.operator_desk import BACKOFF, OperatorDesk
from bot.operations.outage_watch import OutageWatch
from bot.operations.ports import ToldOutages
from bot.workers.leases import LEASE_S
from bot.workers.limits import Limits, new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from storage.database.engine import Database
from storage.operations.outbox import SqlOutbox
from storage.operations.told_outages import SqlToldOutages
from tests.callbacks import NoHistory, alone, ignored
from tests.clock import FakeClock
from tests.pipeline.outside import RecordingOperator

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")


class ScriptedChannel:
    """Implements `bot.operations.ports.OperatorChannel`."""

    def __init__(self) -> None:
        self.posted: list[OperatorMessage] = []
        self.error: Exception | None = None
        self.lost = False
        """The next post happens, but its answer is lost."""
        self.searches = 0

    async def post(self, message: OperatorMessage) -> None:
        if self.error is not None:
            raise self.error
        self.posted.append(message)
        if self.lost:
            self.lost = False
            msg = "reset"
            raise MessengerDown(msg)

    async def is_posted(self, message: OperatorMessage) -> bool:
        self.searches += 1
        return message.id in {one.id for one in self.posted}


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def desk(
    outbox: SqlOutbox, channel: ScriptedChannel, clock: FakeClock, limits: Limits
) -> OperatorDesk:
    return OperatorDesk(
        outbox, channel, clock, messages=limits.messages, channel_id=ChannelId(9)
    )


async def test_two_workers_post_a_message_once(
    outbox: SqlOutbox, channel: ScriptedChannel, clock: FakeClock
) -> None:
    clock.advance(1)
    await outbox.put("outage", {}, clock.now())
    desks = [
        OperatorDesk(
            SqlOutbox(outbox._database),
            channel,
            clock,
            messages=new_limits(clock, wall=clock, living=alone).messages,
            channel_id=ChannelId(9),
        )
        for _ in range(3)
    ]

    await asyncio.gather(*(desk.run_once() for desk in desks))

    assert [one.event for one in channel.posted] == ["outage"]
    assert await outbox.due(clock.now(), 10) == []


async def test_what_a_killed_worker_may_have_posted_is_searched_for(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    """Another process took it, and its lease has run out."""
    clock.advance(1)
    await outbox.put("outage", {}, clock.now())
    (due,) = await outbox.due(clock.now(), 9)
    now = clock.now()
    assert await outbox.claim(due, now, now + timedelta(seconds=LEASE_S))
    assert await desk.run_once() == LEASE_S
    assert (channel.posted, channel.searches) == ([], 0)

    clock.advance(LEASE_S)
    await desk.run_once()

    assert channel.searches == 1
    assert len(channel.posted) == 1


async def test_what_is_told_is_counted_kept_and_posted_once(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    heard: list[str] = []
    operator = LoggedOperator(
        outbox=outbox,
        history=NoHistory(),
        clock=clock,
        heard=heard.append,
        kept=desk.wake,
    )
    await operator.tell("unconfirmed", job_id="0f", nothing=None)

    await desk.run_once()
    await desk.run_once()

    (message,) = channel.posted
    assert (message.event, message.told_at) == ("unconfirmed", clock.now())
    assert message.values == {"job_id": "0f", "nothing": "-"}
    assert heard == ["unconfirmed"]


async def test_without_a_channel_nothing_is_kept(
    outbox: SqlOutbox, clock: FakeClock
) -> None:
    await LoggedOperator(
        outbox=None,
        history=NoHistory(),
        clock=FakeClock(),
        heard=ignored,
        kept=ignored,
    ).tell("unconfirmed", job_id="0f")

    assert await outbox.due(clock.now(), 10) == []


async def test_where_discord_fails_it_is_told_later(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    await outbox.put("outage", {"minutes": "2"}, clock.now())
    channel.error = MessengerDown("503", retry_after_s=30)
    await desk.run_once()
    channel.error = None
    await desk.run_once()
    assert channel.posted == []

    clock.advance(31)
    await desk.run_once()

    assert [message.attempts for message in channel.posted] == [1]


@pytest.mark.parametrize("error", [PlaceForbidden("50013"), MessengerDown("503")])
async def test_what_can_never_be_posted_is_dropped(
    outbox: SqlOutbox,
    desk: OperatorDesk,
    channel: ScriptedChannel,
    clock: FakeClock,
    error: MessengerError,
) -> None:
    await outbox.put("outage", {}, clock.now() - timedelta(days=3))
    channel.error = error
    await desk.run_once()
    clock.advance(3600)

    assert await outbox.due(clock.now(), 10) == []


@pytest.mark.parametrize("next_life", [False, True])
async def test_a_message_whose_answer_was_lost_is_not_posted_twice(
    outbox: SqlOutbox,
    desk: OperatorDesk,
    channel: ScriptedChannel,
    clock: FakeClock,
    limits: Limits,
    *,
    next_life: bool,
) -> None:
    """The channel is searched for it, whatever Discord remembers of nonces."""
    clock.advance(1)
    await outbox.put("outage", {}, clock.now())
    channel.lost = True
    await desk.run_once()
    clock.advance(60)
    if next_life:
        desk = OperatorDesk(
            outbox, channel, clock, messages=limits.messages, channel_id=ChannelId(9)
        )
    await outbox.put("outage-ended", {}, clock.now())
    await desk.run_once()

    assert [message.event for message in channel.posted] == ["outage", "outage-ended"]
    assert await outbox.due(clock.now(), 9) == []


async def test_news_of_this_life_is_posted_without_a_search(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    clock.advance(1)
    await outbox.put("outage", {}, clock.now())
    await desk.run_once()

    assert (len(channel.posted), channel.searches) == (1, 0)


async def test_a_message_that_is_always_refused_is_given_up_after_a_few_tries(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    await outbox.put("outage", {}, clock.now())
    channel.error = MessengerError("400")
    for _ in range(MOST_REFUSALS - 1):
        await desk.run_once()
        assert await outbox.due(clock.now(), 9) == []
        clock.advance(REFUSED_WAIT_S)
        assert len(await outbox.due(clock.now(), 9)) == 1
    await desk.run_once()

    clock.advance(24 * 3600)
    assert await outbox.due(clock.now(), 9) == []


async def test_an_error_that_nobody_foresaw_is_no_reason_to_spin(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    await outbox.put("outage", {}, clock.now())
    channel.error = ValueError("odd")
    await desk.run_once()
    assert await outbox.due(clock.now(), 9) == []
    channel.error = None
    clock.advance(BACKOFF.cap_s)
    await desk.run_once()

    assert [message.attempts for message in channel.posted] == [1]


async def test_a_message_that_keeps_surprising_us_is_dropped_in_the_end(
    outbox: SqlOutbox, desk: OperatorDesk, channel: ScriptedChannel, clock: FakeClock
) -> None:
    await outbox.put("outage", {}, clock.now() - timedelta(days=3))
    channel.error = ValueError("odd")
    await desk.run_once()
    clock.advance(3600)

    assert await outbox.due(clock.now(), 9) == []


@dataclass
class Watched:
    """What one process sees of EvoLink, and its outage watch."""

    since: datetime | None = None
    answered_at: datetime | None = None

    def watch(
        self,
        told: ToldOutages,
        operator: RecordingOperator,
        clock: FakeClock,
        *,
        is_alone: bool,
    ) -> OutageWatch:
        return OutageWatch(
            lambda: self.since,
            lambda: self.answered_at,
            told,
            operator,
            clock,
            is_alone=lambda: is_alone,
        )


class Away:
    """Keeps nothing: the database does not answer."""

    async def load(self) -> datetime | None:
        raise StorageBusy

    async def begin(self, since: datetime) -> bool:  # noqa: ARG002 - a Protocol's
        raise StorageBusy

    async def end(self, since: datetime) -> bool:  # noqa: ARG002 - a Protocol's
        raise StorageBusy


async def test_an_outage_is_told_when_it_lasts_and_when_it_ends(
    clock: FakeClock, database: Database
) -> None:
    seen, operator = Watched(since=clock.now()), RecordingOperator()
    watch = seen.watch(SqlToldOutages(database), operator, clock, is_alone=True)
    await watch.run_once()
    assert operator.told == []

    for _ in range(10):
        clock.advance(30)
        await watch.run_once()
    seen.since, seen.answered_at = None, clock.now()
    await watch.run_once()
    await watch.run_once()

    assert operator.events == ["outage", "outage-ended"]


async def test_an_outage_is_told_once_whoever_watches(
    clock: FakeClock, database: Database
) -> None:
    """A process that has asked EvoLink nothing yet does not know whether it is over."""
    operator, told = RecordingOperator(), SqlToldOutages(database)
    first = Watched(since=clock.now()).watch(told, operator, clock, is_alone=False)
    clock.advance(100)
    await first.prepare()
    await first.run_once()
    seen = Watched()
    second = seen.watch(told, operator, clock, is_alone=False)

    await second.prepare()
    await second.run_once()
    seen.since = clock.advance(10)
    clock.advance(100)
    await second.run_once()
    assert operator.events == ["outage"]
    seen.answered_at, seen.since = clock.advance(10), None
    await second.run_once()
    await first.prepare()
    await first.run_once()

    assert operator.events[:2] == ["outage", "outage-ended"]
    assert operator.told[1][1] == {"minutes": 4}


async def test_who_slept_and_does_not_know_that_the_seat_is_gone_tells_no_outage_again(
    clock: FakeClock, database: Database
) -> None:
    operator, told = RecordingOperator(), SqlToldOutages(database)
    asleep, awake = Watched(since=clock.now()), Watched(since=clock.now())
    first = asleep.watch(told, operator, clock, is_alone=False)
    second = awake.watch(told, operator, clock, is_alone=False)
    for watch in (first, second):
        await watch.prepare()
    clock.advance(100)

    await second.run_once()
    await first.run_once()
    assert operator.events == ["outage"]
    for seen in (asleep, awake):
        seen.since, seen.answered_at = None, clock.advance(10)
    await second.run_once()
    await first.run_once()

    assert operator.events == ["outage", "outage-ended"]


@pytest.mark.parametrize("is_alone", [True, False])
async def test_an_outage_waits_for_the_database_only_where_others_may_tell_it(
    clock: FakeClock, *, is_alone: bool
) -> None:
    seen, operator = Watched(since=clock.now()), RecordingOperator()
    watch = seen.watch(Away(), operator, clock, is_alone=is_alone)
    clock.advance(100)

    with nullcontext() if is_alone else pytest.raises(StorageBusy):
        await watch.run_once()
        seen.since, seen.answered_at = None, clock.advance(10)
        await watch.run_once()

    assert operator.events == (["outage", "outage-ended"] if is_alone else [])
