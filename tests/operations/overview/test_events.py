"""What needed a person is kept for the page, also through the database's trouble."""

from collections.abc import Sequence

from bot.errors import StorageFull
from bot.operations.operator import LoggedOperator
from bot.operations.overview.events import MOST_HELD, EventHistory
from bot.operations.overview.values import OperatorEvent
from storage.database.engine import Database
from storage.operations.events import MOST_KEPT, SqlEvents, latest_events
from tests.callbacks import ignored
from tests.clock import FakeClock


class Troubled(SqlEvents):
    """A store that takes nothing for a while."""

    works = True

    async def add(self, events: Sequence[OperatorEvent]) -> None:
        if not self.works:
            msg = "database or disk is full"
            raise StorageFull(msg)
        await super().add(events)


async def latest(database: Database) -> Sequence[OperatorEvent]:
    return await database.read(lambda connection: latest_events(connection, 1000))


async def test_what_the_operator_is_told_is_kept(
    database: Database, clock: FakeClock
) -> None:
    """Whether or not there is a channel."""
    operator = LoggedOperator(
        outbox=None,
        history=EventHistory(SqlEvents(database)),
        clock=clock,
        heard=ignored,
        kept=ignored,
    )

    await operator.tell("unconfirmed", job_id="0f", nothing=None)

    (event,) = await latest(database)
    assert event == OperatorEvent(
        event="unconfirmed",
        values={"job_id": "0f", "nothing": "-"},
        told_at=clock.now(),
    )


async def test_the_newest_are_kept_and_the_others_forgotten(
    database: Database, clock: FakeClock
) -> None:
    history = EventHistory(SqlEvents(database))
    for number in range(MOST_KEPT + 5):
        await history.note("outage", {"minutes": str(number)}, clock.now())

    kept = await latest(database)

    assert len(kept) == MOST_KEPT
    assert kept[0].values == {"minutes": str(MOST_KEPT + 4)}
    assert kept[-1].values == {"minutes": "5"}


async def test_what_cannot_be_saved_is_held_and_saved_with_the_next(
    database: Database, clock: FakeClock
) -> None:
    store = Troubled(database)
    history = EventHistory(store)
    store.works = False
    for event in ("storage-full", "outage"):
        await history.note(event, {}, clock.now())
    assert [one.event for one in history.unsaved] == ["outage", "storage-full"]
    assert await latest(database) == []

    store.works = True
    await history.note("storage-restored", {}, clock.now())

    assert history.unsaved == ()
    assert [one.event for one in await latest(database)] == [
        "storage-restored",
        "outage",
        "storage-full",
    ]


async def test_held_events_do_not_fill_the_memory(
    database: Database, clock: FakeClock
) -> None:
    store = Troubled(database)
    store.works = False
    history = EventHistory(store)
    for number in range(MOST_HELD + 5):
        await history.note("outage", {"minutes": str(number)}, clock.now())

    assert len(history.unsaved) == MOST_HELD
    assert history.unsaved[0].values == {"minutes": str(MOST_HELD + 4)}
