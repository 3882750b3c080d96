"""All workers together: begun together, stopped together."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.processes.ports import Processes
from bot.processes.seats import Seat
from bot.workers.storing import until_stored
from bot.workers.worker import Worker
from bot.workers.worker_group import WorkerGroup

GRACE_S = 5.0
"""How long work in progress may take to end. `docker stop` waits ten seconds in all."""
GRACE_AMONG_OTHERS_S = 3.0
"""The same where other processes are there to take it over."""


class Workforce:
    """Runs workers until it is told to stop, those of a seat only while it is ours."""

    def __init__(
        self,
        workers: Sequence[Worker],
        processes: Processes,
        *,
        prepare: Callable[[], Awaitable[None]],
    ) -> None:
        """Keep the workers, and what is stored before the first of them begins."""
        self._workers = workers
        self._processes = processes
        self._prepare = prepare
        of_seats: dict[Seat | None, list[Worker]] = defaultdict(list)
        for worker in workers:
            of_seats[worker.seat].append(worker)
        self._groups = {
            seat: WorkerGroup(members, may_work=self._permission(seat))
            for seat, members in of_seats.items()
        }

    async def run(self, stopping: asyncio.Event) -> None:
        """Run all workers; after `stopping`, wait a while for what is in progress.

        They begin once the database has taken what `prepare` stores. What is not done
        by the end is cancelled, and found again at the next start. Seats are given up
        as soon as their workers have stopped.
        """
        preparing = asyncio.create_task(until_stored(self._prepare), name="prepare")
        stop = asyncio.create_task(stopping.wait(), name="stop signal")
        try:
            await asyncio.wait({preparing, stop}, return_when="FIRST_COMPLETED")
        finally:
            stop.cancel()
            if not preparing.done():
                preparing.cancel()
        if not stopping.is_set():
            preparing.result()
            await self._work(stopping)

    def in_progress(self) -> Mapping[str, int]:
        """Return how many items each worker is about, by its name; without zeros."""
        numbers = {worker.name: worker.in_progress for worker in self._workers}
        return {name: number for name, number in numbers.items() if number}

    async def _work(self, stopping: asyncio.Event) -> None:
        for group in self._groups.values():
            self._processes.when_changed(group.look_again)
        async with asyncio.TaskGroup() as tasks:
            for seat, group in self._groups.items():
                tasks.create_task(
                    self._serve(seat, group, stopping), name=f"workers of {seat}"
                )
            tasks.create_task(stopping.wait(), name="stop signal")

    async def _serve(
        self, seat: Seat | None, group: WorkerGroup, stopping: asyncio.Event
    ) -> None:
        await group.run(stopping, self._grace_s)
        if seat is not None:
            await self._processes.give_up(frozenset({seat}))

    def _grace_s(self) -> float:
        return GRACE_AMONG_OTHERS_S if self._processes.living > 1 else GRACE_S

    def _permission(self, seat: Seat | None) -> Callable[[], bool]:
        if seat is None:
            return lambda: True
        return lambda: self._processes.holds(seat)
