"""Leases of rows: renewed while a worker is about them, and let go at the end."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import StorageBusy
from bot.workers import heartbeat
from bot.workers.leases import LEASE_S, Leases
from tests.clock import FakeClock

PATIENCE_S = 60.0


class Rows:
    """A store that notes what it is asked for."""

    def __init__(self) -> None:
        self.renewed: list[tuple[Sequence[str], datetime]] = []
        self.let_go_of: list[str] = []
        self.troubles = 0
        self.said = asyncio.Event()
        self.next_at: datetime | None = None

    async def next_due(self, now: datetime) -> datetime | None:
        assert now.tzinfo is not None
        return self.next_at

    async def renew(self, claims: Sequence[str], until: datetime) -> None:
        self.said.set()
        if self.troubles:
            self.troubles -= 1
            msg = "held"
            raise StorageBusy(msg)
        self.renewed.append((claims, until))

    async def let_go(self, claims: Sequence[str]) -> None:
        self.let_go_of += claims


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def leases(
    rows: Rows, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Leases[str]:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_S", 0.01)
    return Leases("tester", rows, clock)


async def test_a_renewal_that_fails_unforeseen_is_not_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT_S", 0.01)
    renewals = 0
    again = asyncio.Event()

    async def renew() -> None:
        nonlocal renewals
        renewals += 1
        if renewals == 1:
            raise KeyError
        again.set()

    beating = heartbeat.Heartbeat("tester", renew)
    with capture_logs() as logs:
        beating.begin()
        async with asyncio.timeout(PATIENCE_S):
            await again.wait()
        beating.end()

    assert [(one["event"], one["log_level"]) for one in logs] == [
        ("leases not renewed", "error")
    ]


async def test_a_claim_is_renewed_while_its_work_goes_on_and_no_longer(
    leases: Leases[str], rows: Rows, clock: FakeClock
) -> None:
    rows.troubles = 1
    async with asyncio.timeout(PATIENCE_S):
        async with leases.keep("a card"):
            while not rows.renewed:
                rows.said.clear()
                await rows.said.wait()
    until = clock.now() + timedelta(seconds=LEASE_S)
    assert rows.renewed[0] == (["a card"], until)

    renewed = len(rows.renewed)
    await asyncio.sleep(0.1)
    assert len(rows.renewed) == renewed
    await leases.hand_over()
    assert rows.let_go_of == []


async def test_what_was_cancelled_is_let_go_of_once(
    leases: Leases[str], rows: Rows
) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with leases.keep("a card"):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await leases.hand_over()
    await leases.hand_over()

    assert rows.let_go_of == ["a card"]


async def test_who_has_nothing_to_do_sleeps_until_there_is_something(
    leases: Leases[str], rows: Rows, clock: FakeClock
) -> None:
    assert await leases.idle_s(30.0) == 30.0
    for wait_s, idle_s in {-5: 0.0, 7: 7.0, 99: 30.0}.items():
        rows.next_at = clock.now() + timedelta(seconds=wait_s)
        assert await leases.idle_s(30.0) == idle_s
