"""A pause of intake, as processes see it that do not look after the account."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.errors import AccountFault, AccountRefused
from bot.ids import JobId
from bot.operations.account import AccountGate
from bot.operations.intake_pause import IntakePause
from bot.pipeline.idempotency import Idempotency
from storage.database.engine import Database
from storage.operations.installation import SqlInstallation
from storage.operations.pauses import SqlPauses
from tests.callbacks import holding
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink

DAILY = AccountRefused("402", fault=AccountFault.DAILY_LIMIT)
JOB = JobId("a job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one process knows of the pause."""

    gate: AccountGate
    pause: IntakePause
    operator: RecordingOperator


def side(
    database: Database,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    *,
    is_ours: bool,
    has_seat: Callable[[], bool] = holding,
) -> Side:
    pauses, operator = SqlPauses(database), RecordingOperator()
    gate = AccountGate(
        evolink,
        operator,
        clock,
        pauses,
        reserve=0,
        model=MODEL,
        pause=None,
        has_seat=has_seat,
    )
    pause = IntakePause(gate, pauses, clock, is_ours=lambda: is_ours)
    return Side(gate=gate, pause=pause, operator=operator)


@pytest.fixture
def ours(database: Database, clock: FakeClock, evolink: ScriptedEvolink) -> Side:
    return side(database, clock, evolink, is_ours=True)


@pytest.fixture
def theirs(database: Database, clock: FakeClock, evolink: ScriptedEvolink) -> Side:
    return side(database, clock, evolink, is_ours=False)


async def both_say(ours: Side, theirs: Side) -> bool:
    said = await asyncio.gather(ours.pause.is_paused(), theirs.pause.is_paused())
    assert said[0] is said[1]
    assert await ours.pause.is_open() is await theirs.pause.is_open()
    return said[0]


async def test_all_processes_refuse_and_let_in_at_the_same_time(
    ours: Side, theirs: Side, clock: FakeClock
) -> None:
    assert not await both_say(ours, theirs)

    await ours.gate.refused(DAILY)
    assert await both_say(ours, theirs)
    clock.advance(40)  # a probe is due
    assert not await both_say(ours, theirs)
    assert ours.gate.begin(JOB)
    await ours.gate.save()
    assert await both_say(ours, theirs)
    ours.gate.note(DAILY, JOB)
    await ours.gate.report()
    assert await both_say(ours, theirs)
    clock.advance(100)
    assert ours.gate.begin(JOB)
    await ours.gate.accepted(JOB)
    assert not await both_say(ours, theirs)
    assert await theirs.pause.is_open()


async def test_who_takes_over_goes_on_with_the_pause_and_tells_nobody_again(
    ours: Side, theirs: Side, clock: FakeClock
) -> None:
    await ours.gate.refused(DAILY)
    clock.advance(10)

    await theirs.gate.recall(probe_now=False)
    await theirs.gate.report()

    assert theirs.gate.paused
    assert theirs.gate.probe_in_s == pytest.approx(ours.gate.probe_in_s)
    assert [event for event, _ in ours.operator.told] == ["intake-paused"]
    assert theirs.operator.told == []


async def test_who_takes_over_does_not_wait_for_a_probe_of_who_died(
    ours: Side, theirs: Side, clock: FakeClock
) -> None:
    await ours.gate.refused(DAILY)
    clock.advance(40)
    assert ours.gate.begin(JOB)
    await ours.gate.save()

    await theirs.gate.recall(probe_now=False)

    assert not theirs.gate.paused
    assert theirs.gate.begin(JobId("another"))


async def test_a_pause_that_is_over_is_forgotten_by_who_takes_over(
    ours: Side, theirs: Side
) -> None:
    await theirs.gate.refused(DAILY)
    await ours.gate.recall(probe_now=False)
    await ours.gate.accepted(JOB) if ours.gate.begin(JOB) else None
    assert ours.gate.is_open

    await theirs.gate.recall(probe_now=False)

    assert theirs.gate.is_open


async def test_what_a_probe_says_after_the_seat_was_lost_is_not_recorded(
    database: Database, clock: FakeClock, evolink: ScriptedEvolink
) -> None:
    holder = "first"
    first = side(
        database, clock, evolink, is_ours=False, has_seat=lambda: holder == "first"
    )
    second = side(
        database, clock, evolink, is_ours=False, has_seat=lambda: holder == "second"
    )
    await first.gate.refused(DAILY)
    clock.advance(40)
    assert first.gate.begin(JOB)
    await first.gate.save()
    holder = "second"
    await second.gate.recall(probe_now=False)
    assert second.gate.begin(JobId("another"))
    await second.gate.accepted(JobId("another"))

    first.gate.note(AccountRefused("401", fault=AccountFault.KEY), JOB)
    await first.gate.report()
    first.gate.probed(JOB)
    await first.gate.save()

    assert await second.pause.is_open()
    assert first.operator.events == ["intake-paused"]
    assert second.operator.events == ["intake-resumed"]


async def test_a_pause_that_another_process_wrote_late_is_corrected(
    ours: Side, theirs: Side
) -> None:
    """Its transaction may end after the seat was taken over."""
    await ours.gate.read_balance()
    await theirs.gate.refused(DAILY)
    assert not await theirs.pause.is_open()

    await ours.gate.read_balance()

    assert await theirs.pause.is_open()


async def test_who_takes_over_knows_that_keys_are_ignored(
    database: Database, clock: FakeClock
) -> None:
    installation, operator = SqlInstallation(database), RecordingOperator()
    first, second = (
        Idempotency(operator, clock, allowed=True, installation=installation, facts=())
        for _ in range(2)
    )
    await first.second_task(JOB, "task-2", 8.0)  # type: ignore[arg-type]
    assert second.allowed

    await second.recall()

    assert not second.allowed
