"""A writer: groups waiting works into commits, and survives cancelled callers.

A connection cannot tell one coroutine from another, and a transaction left half way
would swallow the next one's statements. So one task owns the connection, callers cannot
cancel it, and all of them submit works to it. Works submitted during a commit share the
next one (group commit): a sync costs more than a write.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from bot.errors import StorageBusy, StorageError
from storage.database.connections import OpenConnection, Source, Work
from storage.database.faults import storage_error

T = TypeVar("T")

LEAST_S = 0.1
"""How long a server has for a transaction at least, even past the callers' deadline."""
RETRY_S = 0.1
"""Between two attempts to begin while another program holds the database."""

log = logging.getLogger(__name__)


class _WithoutEffect(Exception):
    """A transaction could not begin, or a server has rolled it back."""

    def __init__(self, error: StorageError) -> None:
        super().__init__()
        self.error = error


class _WorkFailed(Exception):
    """One of the works in a transaction failed, and none of them had any effect."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Ticket(Generic[T]):
    """A submitted work, and the future for its result."""

    def __init__(
        self, work: Work[T], tell: Callable[[T], None] | None, expires_at_s: float
    ) -> None:
        self.work = work
        self.expires_at_s = expires_at_s
        """On the loop's clock: a work that has not begun by then is given up."""
        self.kept_by: StorageError | None = None
        """Why it could not begin when it was last tried."""
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tell = tell

    def succeed(self, result: T) -> None:
        """Pass the result on, now that it is on disk."""
        try:
            if self._tell is not None:
                self._tell(result)
        except Exception as error:  # noqa: BLE001 - it is the caller's, like the work
            self.fail(error)
        else:
            if not self.done.done():
                self.done.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Pass the error on, or log it if the caller has gone."""
        if not self.done.done():
            self.done.set_exception(error)
        elif isinstance(error, StorageError):
            log.error("transaction of cancelled caller given up: %s", error)
        else:
            log.error("transaction of cancelled caller failed", exc_info=error)


class _Held(NamedTuple):
    """Works that are to be tried again, and why."""

    tickets: Sequence[Ticket[Any]]
    error: StorageError


class Writer:
    """Runs works in the order in which they arrive, on a connection of its own."""

    def __init__(
        self,
        source: Source,
        waiting: "deque[Ticket[Any]]",
        commit_delay_s: float,
        may_begin: Callable[[], None],
        answer_within_s: float | None,
    ) -> None:
        """Set up without opening a connection.

        `waiting` is the queue of all writers: none waits behind one that is stuck.
        `commit_delay_s` is how long works wait for others to share their commit:
        related writes rarely arrive in the same turn of the event loop.
        `may_begin` is called before each transaction, and raises `StorageBusy` while
        none may begin. A server has `answer_within_s` seconds for one.
        """
        self._answer_within_s = answer_within_s
        self._source = source
        self._commit_delay_s = commit_delay_s
        self._may_begin = may_begin
        self._connection: OpenConnection | None = None
        self._waiting = waiting
        self._writing: asyncio.Task[None] | None = None

    async def run(
        self,
        work: Work[T],
        tell: Callable[[T], None] | None,
        *,
        within_s: float,
    ) -> T:
        """Run a work, alone or with others, and return its result once it is on disk.

        If this writer is busy, any that becomes free runs it.

        `tell` is called with the result. If the caller is cancelled, the work is still
        done, and `tell` called.

        Raises:
            StorageError: If the database did not take it. `StorageBusy` after
                `within_s` seconds in which it could not begin: then it has not run, and
                never will.
        """
        loop = asyncio.get_running_loop()
        ticket = Ticket(work, tell, loop.time() + within_s)
        self._waiting.append(ticket)
        expiry = loop.call_at(ticket.expires_at_s, self._expire, ticket)
        ticket.done.add_done_callback(lambda _: expiry.cancel())
        self._begin()
        return await ticket.done

    @property
    def is_busy(self) -> bool:
        """Whether works are under way."""
        return self._writing is not None

    async def close(self) -> None:
        """Complete the submitted works, and close the connection."""
        try:
            self._begin()
            while self._writing is not None:
                await asyncio.wait([self._writing])
        finally:
            await self._close_connection()

    def _begin(self) -> None:
        if self._writing is None and self._waiting:
            self._writing = asyncio.create_task(self._write(), name="database-writer")

    async def _write(self) -> None:
        batch: list[Ticket[Any]] = []
        try:
            while self._waiting:
                if self._source.most_together > 1:
                    # Let callers that are nearly ready submit their works first.
                    await asyncio.sleep(self._commit_delay_s)
                count = min(len(self._waiting), self._source.most_together)
                batch = [self._waiting.popleft() for _ in range(count)]
                held = await self._settle(batch)
                if held is not None:
                    self._put_back(held)
                    await asyncio.sleep(RETRY_S)
        except BaseException:
            # The event loop is ending; cancel all who wait.
            for ticket in (*batch, *self._waiting):
                ticket.done.cancel()
            self._waiting.clear()
            raise
        finally:
            self._writing = None

    async def _settle(self, batch: Sequence[Ticket[Any]]) -> _Held | None:
        """Commit works together, or one by one if any of them fails.

        Returns those that had no effect for the database's sake: they could not begin,
        or a server has rolled them back.
        """
        try:
            results = await self._commit(batch)
        except _WithoutEffect as held:
            return _Held(batch, held.error)
        except _WorkFailed as failure:
            if len(batch) > 1:
                return await self._settle_each(batch)
            batch[0].fail(_translate(failure.error))
        except Exception as error:  # noqa: BLE001 - passed to the callers
            # A failed commit may have had an effect, so it is not repeated.
            for ticket in batch:
                ticket.fail(_translate(error))
        else:
            for ticket, result in zip(batch, results, strict=True):
                ticket.succeed(result)
        return None

    async def _settle_each(self, batch: Sequence[Ticket[Any]]) -> _Held | None:
        for number, ticket in enumerate(batch):
            held = await self._settle([ticket])
            if held is not None:
                return _Held(batch[number:], held.error)
        return None

    async def _commit(self, batch: Sequence[Ticket[Any]]) -> list[Any]:
        done = False
        within_s = self._answer_within_s
        if within_s is not None:
            expires_s = max(ticket.expires_at_s for ticket in batch)
            left_s = expires_s - asyncio.get_running_loop().time()
            within_s = max(LEAST_S, min(within_s, left_s))

        def together(connection: Connection) -> list[Any]:
            nonlocal done
            results = [_try(ticket, connection) for ticket in batch]
            done = True
            return results

        try:
            self._may_begin()
            if self._connection is None:
                async with asyncio.timeout(within_s):
                    self._connection = await self._source.open()
                self._may_begin()  # that may have taken long
            return await self._connection.commit_work(together, within_s)
        except BaseException as error:
            # Close the connection, so that the next transaction gets a sound one.
            await self._close_connection()
            own = error.error if isinstance(error, _WorkFailed) else error
            meaning = _translate(own)
            # Before its commit a transaction that fails has no effect.
            if not done and isinstance(meaning, StorageBusy):
                raise _WithoutEffect(meaning) from error
            raise

    def _put_back(self, held: _Held) -> None:
        """Queue works that could not begin for another attempt, or give them up."""
        now_s = asyncio.get_running_loop().time()
        for ticket in reversed(held.tickets):
            ticket.kept_by = held.error
            if ticket.expires_at_s > now_s:
                self._waiting.appendleft(ticket)
            else:
                ticket.fail(held.error)

    def _expire(self, ticket: Ticket[Any]) -> None:
        """Give up a work that is still waiting. One that has begun is completed."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
            why = ticket.kept_by or StorageBusy("other transactions took too long")
            ticket.fail(why)

    async def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _translate(error: BaseException) -> BaseException:
    """Return what an error means, if it is the database's own trouble."""
    return storage_error(error, writing=True) or error


def _try(ticket: Ticket[T], connection: Connection) -> T:
    try:
        return ticket.work(connection)
    except Exception as error:
        raise _WorkFailed(error) from error
