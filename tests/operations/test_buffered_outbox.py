"""While the database keeps nothing the operator is told all the same, and once."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.errors import MessengerDown, StorageFull
from bot.ids import ChannelId
from bot.operations.buffered_outbox import BufferedOutbox
from bot.operations.installation import OperatorMessage
from bot.operations.operator import LoggedOperator
from bot.operations.operator_desk import OperatorDesk
from bot.operations.ports import OperatorChannel
from bot.workers.limits import new_limits
from storage.database.engine import Database
from storage.operations.outbox import SqlOutbox
from tests.callbacks import NoHistory, alone, ignored
from tests.clock import FakeClock


class Heard:
    """Implements `bot.operations.ports.OperatorChannel`."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.lost = False
        """The next post happens, but its answer is lost."""

    async def post(self, message: OperatorMessage) -> None:
        if self.lost:
            self.lost = False
            self.events.append(message.event)
            msg = "reset"
            raise MessengerDown(msg)
        self.events.append(message.event)

    async def is_posted(self, message: OperatorMessage) -> bool:
        return message.event in self.events


class TroubledOutbox(SqlOutbox):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.works = True
        self.reads = True

    async def put(self, event: str, values: object, at: datetime) -> None:
        self._require(self.works)
        await super().put(event, values, at)  # type: ignore[arg-type]

    async def claim(
        self, message: OperatorMessage, now: datetime, until: datetime
    ) -> OperatorMessage | None:
        self._require(self.works)
        return await super().claim(message, now, until)

    async def postpone(self, message: OperatorMessage, due_at: datetime) -> None:
        self._require(self.works)
        await super().postpone(message, due_at)

    async def drop(self, message: OperatorMessage) -> None:
        self._require(self.works)
        await super().drop(message)

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        self._require(self.reads)
        return await super().due(now, limit)

    def _require(self, wanted: object) -> None:
        if not wanted:
            msg = "database or disk is full"
            raise StorageFull(msg)


def desk_of(
    outbox: BufferedOutbox, channel: OperatorChannel, clock: FakeClock
) -> OperatorDesk:
    messages = new_limits(clock, wall=clock, living=alone).messages
    return OperatorDesk(
        outbox, channel, clock, messages=messages, channel_id=ChannelId(9)
    )


@pytest.mark.parametrize("reads", [True, False])
async def test_the_operator_hears_at_once_what_cannot_be_kept(
    database: Database, clock: FakeClock, *, reads: bool
) -> None:
    kept = TroubledOutbox(database)
    outbox = BufferedOutbox(kept, is_alone=lambda: True)
    channel = Heard()
    desk = desk_of(outbox, channel, clock)
    operator = LoggedOperator(
        outbox=outbox, history=NoHistory(), clock=clock, heard=ignored, kept=ignored
    )
    kept.works, kept.reads = False, reads

    await operator.tell("storage-full", reason="full")
    await desk.run_once()
    await desk.run_once()

    assert channel.events == ["storage-full"]


async def test_a_message_that_was_posted_and_cannot_be_deleted_is_not_posted_again(
    database: Database, clock: FakeClock
) -> None:
    kept = TroubledOutbox(database)
    outbox = BufferedOutbox(kept, is_alone=lambda: True)
    channel = Heard()
    desk = desk_of(outbox, channel, clock)
    await outbox.put("outage", {}, clock.now())
    kept.works = False

    for _ in range(3):
        await desk.run_once()
    kept.works = True
    await desk.run_once()

    assert channel.events == ["outage"]
    assert await SqlOutbox(database).due(clock.now(), 9) == []


async def test_of_several_processes_none_posts_a_message_that_it_cannot_claim(
    database: Database, clock: FakeClock
) -> None:
    """But for its own, which no other knows."""
    kept, channel = TroubledOutbox(database), Heard()
    outboxes = [BufferedOutbox(kept, is_alone=lambda: False) for _ in range(2)]
    desks = [desk_of(outbox, channel, clock) for outbox in outboxes]
    await outboxes[0].put("outage", {}, clock.now())
    kept.works = False
    await outboxes[1].put("storage-full", {}, clock.now())

    for desk in desks:
        await desk.run_once()
    assert channel.events == ["storage-full"]
    kept.works = True
    for desk in desks:
        await desk.run_once()

    assert channel.events == ["storage-full", "outage"]


async def test_a_message_whose_answer_was_lost_is_searched_also_while_nothing_is_kept(
    database: Database, clock: FakeClock
) -> None:
    """That it was tried is known, though it cannot be stored."""
    kept = TroubledOutbox(database)
    outbox = BufferedOutbox(kept, is_alone=lambda: True)
    channel = Heard()
    desk = desk_of(outbox, channel, clock)
    clock.advance(1)
    await outbox.put("outage", {}, clock.now())
    kept.works, channel.lost = False, True

    await desk.run_once()
    clock.advance(600)
    await desk.run_once()

    assert channel.events == ["outage"]
    assert await outbox.due(clock.now(), 9) == []
