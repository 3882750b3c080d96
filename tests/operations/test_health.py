"""When the process is healthy."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from structlog.testing import capture_logs

from bot import deadline
from bot.errors import StorageFull
from bot.operations import health
from bot.operations.health import STALE_POLL_S, Facts, Health, snapshot
from bot.processes.seats import Seat
from bot.processes.shards import GatewayStatus
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


class World:
    """What a Health looks at."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.open_jobs = 0
        self.database_error: Exception | None = None
        self.health = Health(
            clock=self.clock,
            database=self.ask,
            open_jobs=self.count,
            processes=OnlyProcess(),
        )

    async def ask(self) -> None:
        if self.database_error is not None:
            raise self.database_error

    async def count(self) -> int:
        return self.open_jobs


@pytest.fixture
def world() -> World:
    return World()


BOTH = (True, False)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(("gateway", "database"), list(product(BOTH, repeat=2)))
def test_gateway_and_database_are_both_needed(*, gateway: bool, database: bool) -> None:
    found = snapshot(Facts(gateway_is_up=gateway, database_answers=database), NOW)

    assert found.healthy is (gateway and database)


@pytest.mark.parametrize(
    ("open_since", "polled", "outage", "ok"),
    [
        (None, None, None, True),
        (None, 10_000, None, True),
        (10, None, None, True),
        (10, 10_000, None, True),
        (10_000, 10, None, True),
        (10_000, STALE_POLL_S, None, True),
        (10_000, STALE_POLL_S + 1, None, False),
        (STALE_POLL_S + 1, None, None, False),
        (10_000, 10_000, 5_000, True),
    ],
)
def test_polls_are_missed_only_while_there_is_something_to_ask_and_someone_to_answer(
    open_since: float | None, polled: float | None, outage: float | None, *, ok: bool
) -> None:
    found = snapshot(
        Facts(
            open_since=None if open_since is None else ago(open_since),
            polled_at=None if polled is None else ago(polled),
            outage_since=None if outage is None else ago(outage),
        ),
        NOW,
    )

    assert found.polling.ok is ok


def test_ages_are_in_seconds_and_never_negative() -> None:
    """A clock that is set back must not make news from the future."""
    found = snapshot(Facts(gateway_since=ago(90), polled_at=ago(-5)), NOW)

    assert found.gateway.age_s == 90
    assert found.polling.age_s == 0
    assert found.database.age_s is None


async def test_a_process_that_has_just_begun_is_not_well_yet(world: World) -> None:
    assert not (await world.health.check()).healthy

    world.health.gateway_up()
    assert (await world.health.check()).healthy


async def test_the_gateway_s_age_is_that_of_the_last_change(world: World) -> None:
    world.health.gateway_up()
    world.clock.advance(60)
    world.health.gateway_down()
    world.clock.advance(10)
    world.health.gateway_down()

    gateway = (await world.health.check()).gateway

    assert not gateway.ok
    assert gateway.age_s == 10


async def test_a_database_that_fails_has_the_age_of_its_last_answer(
    world: World,
) -> None:
    await world.health.check()
    world.clock.advance(30)
    world.database_error = OSError("disk I/O error")

    found = await world.health.check()

    assert not found.database.ok
    assert found.database.age_s == 30
    assert found.open_jobs is None

    world.database_error = None
    assert (await world.health.check()).database.ok


async def test_a_database_that_hangs_is_one_that_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_TIMEOUT_S", 0.01)
    hanging = Health(
        clock=world.clock,
        database=asyncio.Event().wait,
        open_jobs=world.count,
        processes=OnlyProcess(),
    )

    assert not (await hanging.check()).database.ok


async def test_a_job_after_hours_of_silence_does_not_inherit_them(
    world: World,
) -> None:
    world.health.polled()
    world.clock.advance(7200)
    world.open_jobs = 1

    assert (await world.health.check()).polling.ok

    world.clock.advance(STALE_POLL_S + 1)
    assert not (await world.health.check()).polling.ok

    world.health.polled()
    assert (await world.health.check()).polling.ok


async def test_an_outage_of_evolink_is_told_but_is_not_our_illness(
    world: World,
) -> None:
    world.health.gateway_up()
    world.open_jobs = 1
    await world.health.check()
    world.health.evolink_outage(world.clock.now())
    world.clock.advance(600)

    found = await world.health.check()

    assert found.healthy
    assert found.evolink_outage_s == 600

    world.health.evolink_outage(None)
    assert not (await world.health.check()).healthy


async def test_trouble_of_the_database_is_ill_and_logged_by_storage_alone(
    world: World,
) -> None:
    world.database_error = StorageFull("database or disk is full")

    with capture_logs() as logged:
        found = await world.health.check()

    assert not found.database.ok
    assert logged == []
    assert deadline.left_s() is None


class Standby(OnlyProcess):
    """A process among others, which have all seats."""

    living = 3

    def __init__(self) -> None:
        self.seats: frozenset[Seat] = frozenset()

    def holds(self, seat: Seat) -> bool:
        return seat in self.seats


async def test_a_standby_is_healthy_and_says_so(world: World) -> None:
    """Others poll, and have the gateway: it misses nothing here."""
    standby = Standby()
    world.health = Health(
        clock=world.clock,
        database=world.ask,
        open_jobs=world.count,
        processes=standby,
    )
    world.open_jobs = 5
    world.health.gateway_with_others()
    await world.health.check()
    world.clock.advance(STALE_POLL_S + 1)

    found = await world.health.check()

    assert found.healthy
    assert found.standby
    assert (found.living, found.seats) == (3, [])


async def test_a_standby_that_begins_to_poll_has_not_been_late(world: World) -> None:
    standby = Standby()
    world.health = Health(
        clock=world.clock,
        database=world.ask,
        open_jobs=world.count,
        processes=standby,
    )
    world.open_jobs = 5
    world.health.gateway_with_others()
    await world.health.check()
    world.clock.advance(STALE_POLL_S + 1)

    standby.seats = frozenset({Seat.EVOLINK})
    assert (await world.health.check()).healthy
    world.clock.advance(STALE_POLL_S + 1)
    assert not (await world.health.check()).polling.ok


async def test_a_gateway_that_is_lost_is_no_standby(world: World) -> None:
    world.health.gateway_with_others()
    world.health.gateway_up()
    world.health.gateway_down()

    found = await world.health.check()

    assert not found.gateway.ok
    assert not found.standby


async def test_how_a_process_stands_with_the_gateway_is_told(world: World) -> None:
    def status(*, connected: bool, held: set[int], stands_by: bool) -> GatewayStatus:
        return GatewayStatus(
            connected=connected, held=frozenset(held), count=4, stands_by=stands_by
        )

    world.health.note_gateway(status(connected=True, held={3, 1}, stands_by=False))
    found = await world.health.check()
    assert (found.gateway.ok, found.standby) == (True, False)
    assert (found.shards, found.shard_count) == ([1, 3], 4)

    world.health.note_gateway(status(connected=False, held={3}, stands_by=False))
    assert not (await world.health.check()).gateway.ok

    world.health.note_gateway(status(connected=False, held=set(), stands_by=True))
    found = await world.health.check()
    assert (found.gateway.ok, found.standby, found.shards) == (True, True, [])
