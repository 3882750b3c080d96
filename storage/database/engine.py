"""The open database: a file's one writer or a server's few, readers, transactions."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import SQLAlchemyError

from bot import deadline
from bot.errors import StartupError, StorageBusy, StorageError
from storage.database import sqlite
from storage.database.address import Address
from storage.database.condition import Condition
from storage.database.connections import OpenConnection, Source, Work, patiently
from storage.database.engines import for_reading, for_writing
from storage.database.faults import storage_error
from storage.database.writer import Ticket, Writer
from storage.tables.operations import operator_messages

T = TypeVar("T")

PROBE_BYTES = 64 * 1024
"""More than what a few requests write. It must not be compressible to be that much."""
_PROBE = insert(operator_messages)
_PROBE_BACK = delete(operator_messages).where(operator_messages.c.event == "probe")

SESSION_NAME = "clapper"
"""Of a program that is none of the processes."""
COMMIT_DELAY_S = 0.01
"""A commit costs more than most writes; a clip takes minutes."""
PATIENCE_S = 10.0
"""How long a write waits for another program that holds the database."""
LEAST_PATIENCE_S = 0.1
"""How long it waits at least, even past the caller's deadline."""
READERS = 4
"""Connections for reading. Each is a thread under SQLite, and most of the time idle."""


class Database:
    """Readers, and writers whose transactions survive cancellation: a file has one.

    The schema is not looked at here: see `storage.database.schema`.
    """

    def __init__(
        self,
        *,
        writing: Source,
        reading: Source,
        may_write: Callable[[], None] | None,
        commit_delay_s: float,
        answer_within_s: float | None,
    ) -> None:
        self._answer_within_s = answer_within_s
        self._writing = writing
        self._reading = reading
        waiting: deque[Ticket[Any]] = deque()
        self._writers = [
            Writer(
                writing,
                waiting,
                commit_delay_s,
                self._require_permission,
                answer_within_s,
            )
            for _ in range(writing.writers)
        ]
        self._may_write = may_write
        self.condition = Condition()
        """Whether the latest reads and writes succeeded."""
        self._readers = asyncio.Semaphore(READERS)
        self._idle: list[OpenConnection] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        may_write: Callable[[], None] | None,
        commit_delay_s: float = COMMIT_DELAY_S,
        session_name: str = SESSION_NAME,
        answer_within_s: float | None = None,
    ) -> AsyncGenerator[Self]:
        """Open the database at `storage.url`; a SQLite file is made if there is none.

        On leaving, transactions under way are completed before it is closed.
        `may_write` is called before each transaction, and raises `StorageBusy` if there
        may be none; None = no check. `commit_delay_s` is how long writes wait to share
        a commit. `session_name` is what a server calls its connections, and
        `answer_within_s` how long it has for a transaction or a read; None = as long as
        it takes.

        Raises:
            StartupError: If the URL is wrong or the database cannot be opened.
        """
        address = Address.parse(url)
        try:
            if address.file is not None:
                await asyncio.to_thread(sqlite.create_file, address.file)
            database = cls(
                writing=for_writing(address, session_name),
                reading=for_reading(address, session_name, connections=READERS),
                may_write=may_write,
                commit_delay_s=commit_delay_s,
                answer_within_s=answer_within_s,
            )
        except (OSError, ImportError) as error:
            raise _cannot_open(address, error) from error
        try:
            await database._connect(address)
            yield database
        finally:
            await database._close()

    async def write(self, work: Work[T]) -> T:
        """Run `work` as one transaction, and commit it.

        When this returns, the changes are on disk. If `work` raises, nothing was
        changed. If the caller is cancelled, the transaction is still completed.

        A file has one writer. On a server other processes write, too, and each
        statement sees what they have committed until then (READ COMMITTED): what a work
        reads and then relies on, it must hold: see `storage.servers.guilds.hold`.

        Everybody waits for `work`, so it must wait for nothing but the connection.
        Under SQLite it runs on the connection's thread: it must not touch what belongs
        to the event loop. It runs again if one that shares its commit failed, or the
        server has rolled it back; so it must have no effect outside the database.

        Where it cannot begin, it is tried again for `PATIENCE_S`, or for as long as
        somebody waits for an answer (`bot.deadline`); then it is given up for good.

        Raises:
            StorageError: If the database did not take it.
            RuntimeError: If the database is closed.
        """
        return await self._write(work, None)

    async def write_and_tell(self, work: Work[T], tell: Callable[[T], None]) -> T:
        """Do as `write`, and call `tell` with the result once it is on disk.

        Also if the caller has been cancelled meanwhile. What `tell` raises is raised
        here, and changes nothing on disk.
        """
        return await self._write(work, tell)

    async def _write(self, work: Work[T], tell: Callable[[T], None] | None) -> T:
        self._require_open()
        left_s = deadline.left_s()
        within_s = PATIENCE_S if left_s is None else max(left_s, LEAST_PATIENCE_S)
        try:
            result = await min(self._writers, key=lambda one: one.is_busy).run(
                work, tell, within_s=within_s
            )
        except StorageError as error:
            self.condition.note_failure(error, writing=True)
            raise
        self.condition.note_success(writing=True)
        return result

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot change anything.

        Each statement sees the newest state, so that what has to fit together belongs
        in one statement, or in `write`. What `write` says of a work is true here too.

        Raises:
            StorageError: If the database did not answer.
            RuntimeError: If the database is closed.
        """
        try:
            result = await self._read(work)
        except Exception as error:
            meaning = storage_error(error, writing=False)
            if meaning is None:
                raise
            self.condition.note_failure(meaning, writing=False)
            raise meaning from error
        self.condition.note_success(writing=False)
        return result

    async def _read(self, work: Work[T]) -> T:
        async with asyncio.timeout(self._read_within_s()):
            reader = await self._free_reader()
        try:
            result = await reader.run(work, self._read_within_s())
        except BaseException:
            # Not here: a cancelled caller must not wait, and may be cancelled again.
            _ = self._begin(self._replace(reader), "closing a reader")
            raise
        if self._closed:
            await reader.close()
            self._readers.release()
        else:
            self._free(reader)
        return result

    def _read_within_s(self) -> float | None:
        """Return how long a server has for a read of this caller's."""
        left_s = deadline.left_s()
        if self._answer_within_s is None or left_s is None:
            return self._answer_within_s
        return min(self._answer_within_s, max(left_s, LEAST_PATIENCE_S))

    async def probe(self) -> None:
        """Write something and roll it back, to find out whether writing works.

        Raises:
            StorageError: If it cannot.
        """
        now = datetime.now(UTC)
        row = {
            "event": "probe",
            "details": secrets.token_hex(PROBE_BYTES // 2),
            "told_at": now,
            "due_at": now,
            "attempts": 0,
        }

        def work(connection: Connection) -> None:
            connection.execute(_PROBE, row)
            connection.execute(_PROBE_BACK)

        await self.write(work)
        self.condition.note_success(writing=True, much=True)

    async def _free_reader(self) -> OpenConnection:
        """Return a connection that nobody reads on, once there is one."""
        await self._readers.acquire()
        try:
            self._require_open()
            if self._idle:
                return self._idle.pop()
            opening = self._begin(self._reading.open(), "opening")
        except BaseException:
            self._readers.release()
            raise
        try:
            return await asyncio.shield(opening)
        except BaseException:
            # It may still open; then another caller gets it.
            opening.add_done_callback(self._keep_late_reader)
            raise

    def _keep_late_reader(self, opening: "asyncio.Task[OpenConnection]") -> None:
        if opening.cancelled() or opening.exception() is not None:
            self._readers.release()
        else:
            self._free(opening.result())

    def _free(self, reader: OpenConnection) -> None:
        self._idle.append(reader)
        self._readers.release()

    async def _replace(self, reader: OpenConnection) -> None:
        """Close a reader whose work did not end well; another may then be opened."""
        try:
            await reader.close()
        finally:
            self._readers.release()

    def _begin(self, work: Coroutine[Any, Any, T], name: str) -> "asyncio.Task[T]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _connect(self, address: Address) -> None:
        try:
            # The first connection shows whether there is a database at all.
            first = await patiently(self._writing.open, late=StorageBusy)
            await first.close()
            # While one is open, SQLite keeps what all share: where the disk is full,
            # that could not be made again, and nothing could be read either.
            self._idle.append(await patiently(self._reading.open, late=StorageBusy))
        except (OSError, SQLAlchemyError, StorageError) as error:
            raise _cannot_open(address, error) from error

    def _require_permission(self) -> None:
        if self._may_write is not None:
            self._may_write()

    def _require_open(self) -> None:
        if self._closed:
            msg = "the database is closed"
            raise RuntimeError(msg)

    async def _close(self) -> None:
        # First, because works that arrive now would find no writer.
        self._closed = True
        try:
            for writer in self._writers:
                await writer.close()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks)
            for reader in self._idle:
                await reader.close()
            await self._writing.dispose()
            await self._reading.dispose()


def _cannot_open(address: Address, error: Exception) -> StartupError:
    # Only the driver's message: SQLAlchemy's adds the statement and links.
    reason = getattr(error, "orig", None) or error
    return StartupError(f"The database {address.name} cannot be opened: {reason}.")
