"""Any number of processes share a server; one that cannot renew its row stops."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.app import ANSWER_WITHIN_S
from bot.errors import StartupError, StorageBusy
from storage.database.address import Address
from storage.database.engine import Database
from storage.processes.joining import join_processes
from storage.processes.only import OnlyProcess
from storage.processes.server import CERTAIN_FOR_S, ServerProcesses
from storage.tables.processes import DEAD_AFTER_S
from tests.factories import make_job
from tests.storage.conftest import Select
from tests.storage.processes.conftest import ALL, Member, member, until
from tests.stores import job_store

LockRows = Callable[[str], AbstractAsyncContextManager[None]]


@pytest.fixture
def lock_rows(migrated: str) -> LockRows:
    """Hold what a statement locks, in a transaction of its own, for a block."""

    @asynccontextmanager
    async def locked(statement: str) -> AsyncGenerator[None]:
        engine = create_async_engine(Address.parse(migrated).url)
        async with engine.begin() as connection:
            await connection.execute(text(statement))
            yield
        await engine.dispose()

    return locked


async def end_sessions(database: Database, of: Member) -> None:
    """End all sessions of a process, as an administrator or a broken network does."""
    statement = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = :name"
    )
    await database.write(
        lambda connection: connection.execute(statement, {"name": of.session_name})
    )


async def forget(database: Database, of: Member) -> None:
    """Delete the row of a process, as others do that take it for dead."""

    def work(connection: Connection) -> None:
        connection.execute(
            text("DELETE FROM processes WHERE id = :id"), {"id": of.processes.id}
        )

    await database.write(work)


async def test_the_only_process_on_a_file_holds_everything() -> None:
    only = OnlyProcess()

    only.require()
    assert only.living == 1
    assert {seat for seat in ALL if only.holds(seat)} == ALL


async def test_a_server_that_does_not_answer_is_said_in_one_sentence() -> None:
    url = "postgresql://clapper:secret@127.0.0.1:1/clapper"
    with pytest.raises(StartupError, match=r"cannot be opened: .*\.$") as caught:
        async with join_processes(url, "clapper"):
            pytest.fail("it has joined")

    assert "secret" not in str(caught.value)


async def test_a_second_process_is_welcome_and_both_may_write(migrated: str) -> None:
    async with member(migrated) as first, member(migrated) as second:
        await until(lambda: first.processes.living == second.processes.living == 2)

        for one in (first, second):
            assert await job_store(one.database).receive(make_job())


async def test_who_leaves_is_not_counted_any_more(migrated: str, rows: Select) -> None:
    async with member(migrated) as first:
        async with member(migrated):
            await until(lambda: first.processes.living == 2)
        await until(lambda: first.processes.living == 1)
    assert await rows("SELECT * FROM processes") == []


async def test_who_is_told_to_end_in_the_middle_of_a_beat_leaves_all_the_same(
    migrated: str, rows: Select, lock_rows: LockRows
) -> None:
    """The beat waits for its row, as on a server that is slow to answer."""
    async with join_processes(migrated, "clapper") as ending:
        assert isinstance(ending, ServerProcesses)
        async with lock_rows("SELECT * FROM processes FOR UPDATE"):
            watch = asyncio.create_task(ending.watch(dict), name="watch")
            await until(lambda: _waits_for_a_lock(rows))
            watch.cancel()
            await asyncio.wait({watch})

    assert await rows("SELECT * FROM processes") == []


async def _waits_for_a_lock(rows: Select) -> bool:
    waiting = "SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return bool(await rows(waiting))


async def test_a_dead_process_is_buried_and_its_sessions_end(
    database: Database,
    migrated: str,
    rows: Select,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that was only stopped would keep its locks."""
    monkeypatch.setattr("storage.processes.server.RETURN_WITHIN_S", 0)
    stopped = "clapper 1 stopped host"
    await database.write(
        lambda connection: connection.execute(
            text(
                "INSERT INTO processes VALUES ('dead', '1 on host', :name, '1', 0, 0)"
            ),
            {"name": stopped},
        )
    )
    async with Database.open(migrated, may_write=None, session_name=stopped):
        alive = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = ")
        count = f"{alive}'{stopped}'"
        assert (await rows(count))[0][0] > 0
        async with member(migrated):

            async def gone() -> bool:
                return await rows(count) == [(0,)]

            await until(gone)
            assert await rows("SELECT id FROM processes WHERE id = 'dead'") == []


async def test_a_process_that_was_taken_for_dead_begins_again(
    database: Database, migrated: str, rows: Select
) -> None:
    async with member(migrated) as one:
        await until(lambda: one.seats == ALL)
        changes: list[tuple[str, int]] = []
        one.processes.when_changed(
            lambda: changes.append((one.processes.id, len(one.seats)))
        )
        old = one.processes.id
        await forget(database, one)

        await until(lambda: one.processes.id != old)
        await until(lambda: one.seats == ALL)
        assert changes[0] == (old, 0), "what it held was given up first"
        assert await rows("SELECT id FROM processes") == [(one.processes.id,)]


async def test_a_session_that_broke_is_opened_again_under_the_same_id(
    database: Database, migrated: str
) -> None:
    async with member(migrated) as one:
        await until(lambda: one.seats == ALL)
        old = one.processes.id
        lost = asyncio.Event()
        one.processes.when_changed(lost.set)
        await end_sessions(database, one)

        await lost.wait()
        await until(lambda: one.seats == ALL)
        assert one.processes.id == old
        assert one.is_certain


async def test_a_process_that_cannot_renew_writes_nothing(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then the others may have taken over what it did."""
    async with member(migrated) as one:
        monkeypatch.setattr("storage.processes.server.CERTAIN_FOR_S", 0.0)

        with pytest.raises(StorageBusy):
            one.processes.require()

        monkeypatch.undo()
        await until(lambda: one.is_certain)


def test_what_a_process_still_writes_ends_before_it_is_taken_for_dead() -> None:
    assert CERTAIN_FOR_S + ANSWER_WITHIN_S < DEAD_AFTER_S


async def test_notifications_are_heard_also_in_the_next_session(
    database: Database, migrated: str
) -> None:
    heard: list[str] = []

    async def tell(payload: str) -> None:
        await database.write(
            lambda connection: connection.execute(
                text("SELECT pg_notify('news', :payload)"), {"payload": payload}
            )
        )

    async with member(migrated) as one:
        await one.processes.listen("news", heard.append)
        await tell("first")
        await until(lambda: heard == ["first"])

        await end_sessions(database, one)
        await until(lambda: heard == ["first", ""])
        await tell("second")

        await until(lambda: heard == ["first", "", "second"])


async def test_who_stops_while_it_joins_is_none_of_the_processes(
    migrated: str, rows: Select, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = asyncio.Event()

    async def hang(_: ServerProcesses) -> None:
        known.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(ServerProcesses, "_heartbeat", hang)

    async def live() -> None:
        async with join_processes(migrated, "clapper in haste"):
            pass

    life = asyncio.create_task(live())
    await known.wait()
    assert len(await rows("SELECT id FROM processes")) == 1

    life.cancel()
    await asyncio.wait({life})

    assert await rows("SELECT id FROM processes") == []
