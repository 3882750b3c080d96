"""The one writer: commits what waits together, whatever becomes of who waits for it.

A connection cannot tell one coroutine from another, and a transaction left half way
would swallow the next one's statements. So one task owns the connection, nobody else
can cancel it, and everybody hands in their work. What is handed in while a commit is
on its way to the disk shares the next one: to sync costs more than to write.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from bot.errors import StorageBusy, StorageError
from storage.database.connections import OpenConnection, Source, Work
from storage.database.faults import storage_error

T = TypeVar("T")

MOST_TOGETHER = 32
"""Works in one transaction. Each delays those before it by its statements' time."""
RETRY_S = 0.1
"""Between two attempts to begin where the database is held by somebody else."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitDelay:
    """How long works wait for others to share their commit, in seconds."""

    usual_s: float
    """Any work: what belongs to one moment seldom comes in one turn of the loop."""
    deferrable_s: float
    """A patient one at most, if no other comes."""


class _NotBegun(Exception):
    """A transaction could not begin: none of its works has run."""

    def __init__(self, error: StorageError) -> None:
        super().__init__()
        self.error = error


class _WorkFailed(Exception):
    """One of the works in a transaction failed, and nothing was committed."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Ticket(Generic[T]):
    """A work that was handed in, and where its result is waited for."""

    def __init__(
        self, work: Work[T], then: Callable[[T], None] | None, expires_at_s: float
    ) -> None:
        self.work = work
        self.expires_at_s = expires_at_s
        """On the loop's clock: a work that has not begun by then is given up."""
        self.kept_by: StorageError | None = None
        """Why it could not begin when it was last tried."""
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._then = then

    def committed(self, result: T) -> None:
        """Pass the result on, now that it is on disk."""
        try:
            if self._then is not None:
                self._then(result)
        except Exception as error:  # noqa: BLE001 - it is the caller's, like the work
            self.failed(error)
        else:
            if not self.done.done():
                self.done.set_result(result)

    def failed(self, error: BaseException) -> None:
        """Pass the error on, or log it if the caller has gone."""
        if not self.done.done():
            self.done.set_exception(error)
        elif isinstance(error, StorageError):
            log.error("a transaction was given up after its caller had gone: %s", error)
        else:
            log.error("a transaction failed after its caller had gone", exc_info=error)


class _Held(NamedTuple):
    """Works that could not begin, and why."""

    tickets: Sequence[Ticket[Any]]
    error: StorageError


class Writer:
    """Runs works in the order in which they come, on a connection of its own."""

    def __init__(
        self, source: Source, commit_delay: CommitDelay, may_begin: Callable[[], None]
    ) -> None:
        """Keep where the connection comes from, and how long works wait for company.

        `may_begin` is called before each transaction, and raises `StorageBusy` while
        none may begin.
        """
        self._source = source
        self._commit_delay = commit_delay
        self._may_begin = may_begin
        self._alarm: asyncio.TimerHandle | None = None
        self._connection: OpenConnection | None = None
        self._waiting: deque[Ticket[Any]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def run(
        self,
        work: Work[T],
        then: Callable[[T], None] | None,
        *,
        deferrable: bool,
        within_s: float,
    ) -> T:
        """Run a work, alone or with others, and return its result once it is on disk.

        A patient one goes along with the next that is not, or when its time is up. A
        caller who is cancelled stops waiting; the work is done all the same.

        Raises:
            StorageError: If the database did not take it. `StorageBusy` after
                `within_s` seconds in which it could not begin: then it has not run, and
                never will.
        """
        loop = asyncio.get_running_loop()
        ticket = Ticket(work, then, loop.time() + within_s)
        self._waiting.append(ticket)
        expiry = loop.call_at(ticket.expires_at_s, self._expire, ticket)
        ticket.done.add_done_callback(lambda _: expiry.cancel())
        if not deferrable:
            self._begin()
        elif self._alarm is None:
            self._alarm = loop.call_later(self._commit_delay.deferrable_s, self._begin)
        return await ticket.done

    async def close(self) -> None:
        """Complete what was handed in, and let go of the connection."""
        try:
            self._begin()
            while self._writing is not None:
                await asyncio.wait([self._writing])
        finally:
            await self._lay_down()

    def _begin(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._writing is None and self._waiting:
            self._writing = asyncio.create_task(self._write(), name="database-writer")

    async def _write(self) -> None:
        batch: list[Ticket[Any]] = []
        try:
            while self._waiting:
                # Whoever is about to be ready hands in theirs first.
                await asyncio.sleep(self._commit_delay.usual_s)
                count = min(len(self._waiting), MOST_TOGETHER)
                batch = [self._waiting.popleft() for _ in range(count)]
                held = await self._settle(batch)
                if held is not None:
                    self._put_back(held)
                    await asyncio.sleep(RETRY_S)
        except BaseException:
            # The loop is ending, and with it whoever waits.
            for ticket in (*batch, *self._waiting):
                ticket.done.cancel()
            self._waiting.clear()
            raise
        finally:
            self._writing = None

    async def _settle(self, batch: Sequence[Ticket[Any]]) -> _Held | None:
        """Commit works together, or one by one if any of them fails.

        Returns those that could not begin.
        """
        try:
            results = await self._commit(batch)
        except _NotBegun as held:
            return _Held(batch, held.error)
        except _WorkFailed as failure:
            if len(batch) > 1:
                return await self._settle_each(batch)
            batch[0].failed(_named(failure.error))
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            # Of a commit that failed nobody knows what it did: it is not repeated.
            for ticket in batch:
                ticket.failed(_named(error))
        else:
            for ticket, result in zip(batch, results, strict=True):
                ticket.committed(result)
        return None

    async def _settle_each(self, batch: Sequence[Ticket[Any]]) -> _Held | None:
        for number, ticket in enumerate(batch):
            held = await self._settle([ticket])
            if held is not None:
                return _Held(batch[number:], held.error)
        return None

    async def _commit(self, batch: Sequence[Ticket[Any]]) -> list[Any]:
        begun = False

        def together(connection: Connection) -> list[Any]:
            nonlocal begun
            begun = True
            return [_try(ticket, connection) for ticket in batch]

        try:
            self._may_begin()
            if self._connection is None:
                self._connection = await self._source.open()
            return await self._connection.commit_work(together)
        except BaseException as error:
            # Whatever has become of it, the next transaction has a sound one.
            await self._lay_down()
            meaning = _named(error)
            if not begun and isinstance(meaning, StorageBusy):
                raise _NotBegun(meaning) from error
            raise

    def _put_back(self, held: _Held) -> None:
        """Let works that could not begin wait for another attempt, or give them up."""
        now_s = asyncio.get_running_loop().time()
        for ticket in reversed(held.tickets):
            ticket.kept_by = held.error
            if ticket.expires_at_s > now_s:
                self._waiting.appendleft(ticket)
            else:
                ticket.failed(held.error)

    def _expire(self, ticket: Ticket[Any]) -> None:
        """Give a work up that still waits for its turn. One that has it is tried."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
            why = ticket.kept_by or StorageBusy("other transactions took too long")
            ticket.failed(why)

    async def _lay_down(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _named(error: BaseException) -> BaseException:
    """Return what an error means, if it is the database's own trouble."""
    return storage_error(error, writing=True) or error


def _try(ticket: Ticket[T], connection: Connection) -> T:
    try:
        return ticket.work(connection)
    except Exception as error:
        raise _WorkFailed(error) from error
