"""The operator is told of trouble of the database that needs a person."""

from datetime import timedelta
from functools import partial

from bot.errors import StorageBroken, StorageBusy, StorageError, StorageFull
from bot.operations.storage_watch import ONLY, StorageWatch
from tests.clock import FakeClock
from tests.pipeline.outside import RecordingOperator


class Trouble:
    """What a watch asks: a fault, which passes when a probe finds it gone."""

    def __init__(self) -> None:
        self.fault: StorageError | None = None
        self.probes = 0

    def now(self) -> StorageError | None:
        return self.fault

    async def probe(self) -> None:
        self.probes += 1
        if self.fault is not None:
            raise self.fault


async def test_the_operator_is_told_once_of_what_needs_a_person_and_of_its_end(
    clock: FakeClock,
) -> None:
    trouble, operator = Trouble(), RecordingOperator()
    watch = StorageWatch(trouble.now, trouble.probe, operator, clock, name=lambda: ONLY)
    await watch.run_once()
    assert trouble.probes == 0

    trouble.fault = StorageFull("full")
    await watch.run_once()
    clock.advance(timedelta(minutes=3).total_seconds())
    await watch.run_once()
    trouble.fault = StorageBroken("damaged")
    await watch.run_once()
    trouble.fault = None
    await watch.run_once()
    await watch.run_once()

    assert operator.events == ["storage-full", "storage-broken", "storage-restored"]
    assert trouble.probes == 3


async def test_where_there_are_several_processes_each_says_which_it_is(
    clock: FakeClock,
) -> None:
    trouble, operator = Trouble(), RecordingOperator()
    watches = [
        StorageWatch(
            trouble.now, trouble.probe, operator, clock, name=partial(str, name)
        )
        for name in ("12 on a", "34 on b")
    ]
    trouble.fault = StorageFull("full")
    for watch in watches:
        await watch.run_once()
    trouble.fault = None
    await watches[0].run_once()

    told = [(event, values["process"]) for event, values in operator.told]
    assert told == [
        ("storage-full", "12 on a"),
        ("storage-full", "34 on b"),
        ("storage-restored", "12 on a"),
    ]


async def test_a_busy_database_needs_nobody(clock: FakeClock) -> None:
    trouble, operator = Trouble(), RecordingOperator()
    watch = StorageWatch(trouble.now, trouble.probe, operator, clock, name=lambda: ONLY)
    trouble.fault = StorageBusy("locked")

    await watch.run_once()

    assert operator.events == []
    assert trouble.probes == 1
