"""Workers together: what they wait for before they begin, and when they end."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.errors import StorageBusy
from bot.processes.seats import Seat
from bot.workers import storing
from bot.workers.worker import Worker
from bot.workers.workforce import Workforce
from storage.processes.only import OnlyProcess

PATIENCE_S = 60.0


class Noting(Worker):
    name = "noting"

    def __init__(self, seen: list[str], looked: asyncio.Event) -> None:
        super().__init__()
        self._seen = seen
        self._looked = looked

    async def run_once(self) -> float:
        self._seen.append("look")
        self._looked.set()
        return 30.0


async def test_workers_begin_once_the_database_has_taken_what_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storing, "RETRY_S", 0.0)
    seen: list[str] = []
    looked, stopping = asyncio.Event(), asyncio.Event()

    async def prepare() -> None:
        seen.append("prepare")
        if len(seen) < 3:
            raise StorageBusy("held")

    workforce = Workforce([Noting(seen, looked)], OnlyProcess(), prepare=prepare)
    running = asyncio.create_task(workforce.run(stopping), name="workforce")
    await looked.wait()
    stopping.set()
    await running

    assert seen == ["prepare", "prepare", "prepare", "look"]


class Busy(Noting):
    name = "busy"

    @property
    def in_progress(self) -> int:
        return 3


def test_what_workers_are_about_is_told_by_their_names() -> None:
    workers = [Noting([], asyncio.Event()), Busy([], asyncio.Event())]
    workforce = Workforce(workers, OnlyProcess(), prepare=partial(asyncio.sleep, 0))

    assert workforce.in_progress() == {"busy": 3}


async def test_a_stop_while_the_database_is_held_ends_it_without_any_work() -> None:
    seen: list[str] = []
    stopping, tried = asyncio.Event(), asyncio.Event()

    async def prepare() -> None:
        tried.set()
        raise StorageBusy("held")

    workforce = Workforce(
        [Noting(seen, asyncio.Event())], OnlyProcess(), prepare=prepare
    )
    running = asyncio.create_task(workforce.run(stopping), name="workforce")
    await tried.wait()
    stopping.set()
    await running

    assert seen == []


class Seats:
    """Processes of which this one has the seats that it is given."""

    id = "this"
    living = 2
    clock_ahead_s = 0.0

    def __init__(self) -> None:
        self.held: set[Seat] = set()
        self.given_up: set[Seat] = set()
        self._tells: list[Callable[[], None]] = []

    def require(self) -> None:
        return

    def holds(self, seat: Seat) -> bool:
        return seat in self.held

    def when_changed(self, tell: Callable[[], None]) -> None:
        self._tells.append(tell)

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        raise NotImplementedError

    async def watch(self, in_progress: Callable[[], Mapping[str, int]]) -> None:
        raise NotImplementedError

    async def give_up(self, seats: frozenset[Seat]) -> None:
        self.given_up |= seats

    def give(self, *seats: Seat) -> None:
        self.held = set(seats)
        for tell in self._tells:
            tell()


class Seated(Worker):
    """Works in a seat, and says what happens to it."""

    name = "seated"
    seat = Seat.HOUSEKEEPING

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.troubles: list[Exception] = []
        self._said = asyncio.Event()

    async def prepare(self) -> None:
        if self.troubles:
            raise self.troubles.pop()
        self._say("prepared")

    async def run_once(self) -> float:
        self._say("looked")
        return 30.0

    async def drain(self) -> None:
        self._say("drained")

    async def abandon(self) -> None:
        self._say("abandoned")

    async def until(self, *seen: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while tuple(self.seen) != seen:
                self._said.clear()
                await self._said.wait()

    def _say(self, what: str) -> None:
        self.seen.append(what)
        self._said.set()


@asynccontextmanager
async def at_work(
    workers: Sequence[Worker], seats: Seats
) -> AsyncGenerator[asyncio.Event]:
    stopping = asyncio.Event()
    workforce = Workforce(workers, seats, prepare=partial(asyncio.sleep, 0))
    running = asyncio.create_task(workforce.run(stopping), name="workforce")
    try:
        yield stopping
    finally:
        stopping.set()
        await running


async def test_a_worker_of_a_seat_works_while_that_is_ours_and_is_prepared_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storing, "RETRY_S", 0.0)
    seats, worker = Seats(), Seated()
    looked = asyncio.Event()
    anywhere = Noting([], looked)
    async with at_work([worker, anywhere], seats):
        await looked.wait()
        assert worker.seen == []

        worker.troubles.append(StorageBusy("held"))
        seats.give(Seat.HOUSEKEEPING)
        await worker.until("prepared", "looked")

        seats.give(Seat.EVOLINK)
        await worker.until("prepared", "looked", "drained")

        seats.give(Seat.HOUSEKEEPING)
        await worker.until("prepared", "looked", "drained", "prepared", "looked")


async def test_a_seat_that_is_back_does_not_wait_for_an_old_request() -> None:
    class Slow(Seated):
        def __init__(self) -> None:
            super().__init__()
            self.answered = asyncio.Event()

        async def drain(self) -> None:
            await self.answered.wait()
            await super().drain()

    seats, slow, quick = Seats(), Slow(), Seated()
    async with at_work([slow, quick], seats):
        seats.give(Seat.HOUSEKEEPING)
        await slow.until("prepared", "looked")
        await quick.until("prepared", "looked")
        seats.give()
        await quick.until("prepared", "looked", "drained")

        seats.give(Seat.HOUSEKEEPING)
        await quick.until("prepared", "looked", "drained", "prepared", "looked")
        assert slow.seen == ["prepared", "looked", "prepared"]

        slow.answered.set()
        await slow.until("prepared", "looked", "prepared", "drained", "looked")


async def test_an_error_of_a_worker_whose_seat_was_lost_ends_them_all() -> None:
    class Broken(Seated):
        async def drain(self) -> None:
            msg = "broken"
            raise RuntimeError(msg)

    seats, worker = Seats(), Broken()
    workforce = Workforce([worker], seats, prepare=partial(asyncio.sleep, 0))
    running = asyncio.create_task(workforce.run(asyncio.Event()), name="workforce")
    seats.give(Seat.HOUSEKEEPING)
    await worker.until("prepared", "looked")
    seats.give()

    with pytest.raises(ExceptionGroup) as caught:
        await running
    assert caught.group_contains(RuntimeError, match="broken")


async def test_a_seat_is_given_up_once_its_workers_have_stopped() -> None:
    seats, worker = Seats(), Seated()
    async with at_work([worker], seats) as stopping:
        seats.give(Seat.HOUSEKEEPING)
        await worker.until("prepared", "looked")
        assert seats.given_up == set()

        stopping.set()

    assert worker.seen == ["prepared", "looked", "drained"]
    assert seats.given_up == {Seat.HOUSEKEEPING}


async def test_what_is_not_done_in_time_is_cut_off_and_given_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.workers.workforce.GRACE_AMONG_OTHERS_S", 0.05)

    class Slow(Seated):
        async def drain(self) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self._say("cut off")
                raise

        async def hand_over(self) -> None:
            self._say("handed over")

    seats, worker = Seats(), Slow()
    async with at_work([worker], seats) as stopping:
        seats.give(Seat.HOUSEKEEPING)
        await worker.until("prepared", "looked")
        stopping.set()

    assert worker.seen == ["prepared", "looked", "cut off", "handed over"]
    assert seats.given_up == {Seat.HOUSEKEEPING}


async def test_an_error_of_one_worker_ends_them_all() -> None:
    """A program without it would only seem to work."""

    class Broken(Seated):
        seat = Seat.EVOLINK

        async def run(self) -> None:
            msg = "broken"
            raise RuntimeError(msg)

    seats, worker = Seats(), Seated()
    seats.give(Seat.HOUSEKEEPING)

    workforce = Workforce([worker, Broken()], seats, prepare=partial(asyncio.sleep, 0))
    running = asyncio.create_task(workforce.run(asyncio.Event()), name="workforce")
    await worker.until("prepared", "looked")
    seats.give(Seat.HOUSEKEEPING, Seat.EVOLINK)

    with pytest.raises(ExceptionGroup) as caught:
        await running
    assert caught.group_contains(RuntimeError, match="broken")
    assert worker.seen == ["prepared", "looked", "abandoned"]
