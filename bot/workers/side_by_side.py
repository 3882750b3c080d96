"""Work that a loop has begun and does not wait for, each piece once at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from bot.errors import StorageError
from bot.workers.service_evidence import OVERDUE_S
from bot.workers.service_limit import Call, EndpointLimit

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Generic[K]):
    """Something to do that makes requests for one item of an endpoint."""

    key: K
    """Nothing else with this key goes on at the same time."""
    item: Hashable
    work: Callable[[Call], Coroutine[Any, Any, None]]


class SideBySide(Generic[K]):
    """Runs pieces of work beside a loop, so that one that hangs holds only itself."""

    def __init__(self, name: str, ended: Callable[[], None]) -> None:
        """Keep the name, for the log. `ended` is called after each piece."""
        self._name = name
        self._ended = ended
        self._tasks: dict[K, asyncio.Task[None]] = {}
        self.is_held_up = False
        """Whether the latest `begin_all` left pieces to wait for their limit."""

    def __contains__(self, key: object) -> bool:
        return key in self._tasks

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def keys(self) -> tuple[K, ...]:
        """What is under way."""
        return tuple(self._tasks)

    def begin(self, key: K, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin a piece of work; none with this key may be under way."""
        assert key not in self._tasks, "begun while it is under way"
        task = asyncio.create_task(work, name=f"{self._name} {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._end(key, task))
        return task

    async def begin_all(
        self, pieces: Sequence[Piece[K]], endpoint: EndpointLimit
    ) -> float | None:
        """Begin with pieces of work as the limit allows and orders, while answers come.

        Returns for how many seconds the first of those waits that were not begun with;
        None = there is none. Those without an answer go on by themselves.
        """
        waiting = [one for one in pieces if one.key not in self]
        mine: set[asyncio.Task[None]] = set()
        while True:
            for piece in endpoint.in_order(waiting, lambda one: one.item):
                if endpoint.wait_s(piece.item) <= 0:
                    waiting.remove(piece)
                    call = endpoint.begin(piece.item)
                    mine.add(self.begin(piece.key, _ending(piece.work, call)))
            if not mine:
                break
            done, mine = await asyncio.wait(
                mine, timeout=OVERDUE_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
        self.is_held_up = bool(waiting)
        return min((endpoint.wait_s(one.item) for one in waiting), default=None)

    async def drain(self) -> None:
        """Wait for all of it; a cancellation is passed on."""
        try:
            while self._tasks:
                await asyncio.wait(self._tasks.values())
        except asyncio.CancelledError:
            await self.abandon()
            raise

    async def abandon(self) -> None:
        """Cancel all of it, and wait until each piece has let go."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, key: K, task: asyncio.Task[None]) -> None:
        del self._tasks[key]
        error = None if task.cancelled() else task.exception()
        # Trouble of the database is told once, by the worker's next pass.
        if error is not None and not isinstance(error, StorageError):
            log.error("worker task failed", worker=self._name, exc_info=error)
        self._ended()


async def _ending(
    work: Callable[[Call], Coroutine[Any, Any, None]], call: Call
) -> None:
    try:
        await work(call)
    finally:
        call.end()
