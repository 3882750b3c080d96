"""Several processes in one place: each with sessions of its own at the server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from bot.errors import StorageBusy
from bot.processes.ports import Processes
from bot.processes.seats import Seat
from storage.database.engine import Database
from storage.processes.joining import join_processes
from storage.processes.session import new_session_name
from tests.factories import AT_ONCE

PATIENCE_S = 60.0
ALL = frozenset(Seat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A process, and the database as it sees it."""

    processes: Processes
    database: Database
    session_name: str

    @property
    def seats(self) -> frozenset[Seat]:
        return frozenset(seat for seat in Seat if self.processes.holds(seat))

    @property
    def is_certain(self) -> bool:
        try:
            self.processes.require()
        except StorageBusy:
            return False
        return True


@asynccontextmanager
async def member(
    url: str, in_progress: Callable[[], Mapping[str, int]] = dict
) -> AsyncGenerator[Member]:
    """Join the processes, and watch over that."""
    name = new_session_name()
    async with (
        join_processes(url, name) as processes,
        Database.open(
            url,
            may_write=processes.require,
            commit_delay_s=AT_ONCE,
            session_name=name,
            answer_within_s=8.0,
        ) as database,
    ):
        watch = asyncio.create_task(processes.watch(in_progress), name=f"watch {name}")
        try:
            yield Member(processes=processes, database=database, session_name=name)
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is true; nobody could tell us."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            is_so = true()
            if is_so if isinstance(is_so, bool) else await is_so:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
def database_kind(postgresql_url: str) -> str:
    return postgresql_url.partition(":")[0]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes beat more often than they do, and wait less."""
    monkeypatch.setattr("storage.processes.server.HEARTBEAT_S", 0.1)
    monkeypatch.setattr("storage.processes.server.OTHERS_FIRST_S", 0.3)
    monkeypatch.setattr("storage.processes.server.RETRY_S", 0.05)
    # Who is dead stays listed, however slow the machine is.
    monkeypatch.setattr("storage.processes.server.RETURN_WITHIN_S", 3600.0)
