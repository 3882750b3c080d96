"""A worker's loop."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from bot.operations.sums import Sums
from bot.privacy.retention import Retention
from bot.workers.worker import Worker
from tests.pipeline.loops import PATIENCE_S, at_work, until

LONG_S = 3600.0


class Counter(Worker):
    """Counts its looks, and does in each what the test says."""

    name = "counter"

    def __init__(self, *answers: float | Exception) -> None:
        super().__init__()
        self.looks = 0
        self.drained = False
        self.abandoned = False
        self.during: Callable[[], Awaitable[None]] | None = None
        self._answers = list(answers)

    async def run_once(self) -> float:
        self.looks += 1
        if self.during is not None:
            await self.during()
        answer = self._answers.pop(0) if self._answers else LONG_S
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def drain(self) -> None:
        await super().drain()
        self.drained = True

    async def abandon(self) -> None:
        await super().abandon()
        self.abandoned = True


async def test_a_worker_looks_sleeps_and_ends_when_it_is_stopped() -> None:
    worker = Counter()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)

    assert worker.looks == 1
    assert worker.drained


async def test_it_looks_again_after_the_time_it_named() -> None:
    worker = Counter(0.01, 0.0, LONG_S)

    async with at_work(worker):
        await until(lambda: worker.looks == 3)


async def test_a_worker_stopped_before_it_ran_does_not_look() -> None:
    worker = Counter()
    worker.stop()

    async with asyncio.timeout(PATIENCE_S):
        await worker.run()

    assert (worker.looks, worker.drained) == (0, True)


async def test_news_ends_its_sleep() -> None:
    worker = Counter()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        worker.wake()
        await until(lambda: worker.looks == 2)


async def test_after_news_it_sleeps_again() -> None:
    """News that stayed news would make the loop spin for ever after."""
    worker = Counter()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        worker.wake()
        await until(lambda: worker.looks == 2)
        await asyncio.sleep(0.3)

    assert worker.looks == 2


async def test_news_that_comes_during_a_look_is_not_lost() -> None:
    """The look may have read the database already when the news was written."""
    worker = Counter()

    async def news() -> None:
        worker.during = None
        worker.wake()

    worker.during = news
    async with at_work(worker):
        await until(lambda: worker.looks == 2)


async def test_an_appointment_made_during_a_look_is_kept() -> None:
    """Else a task just accepted would be asked about half a minute late."""
    worker = Counter()

    async def appointment() -> None:
        worker.during = None
        worker.wake_in(0.2)

    worker.during = appointment
    async with at_work(worker):
        await until(lambda: worker.looks == 2)


async def test_an_appointment_shortens_a_sleep_but_does_not_end_it() -> None:
    """A look costs two questions to the database: not before there is work."""
    worker = Counter()
    loop = asyncio.get_running_loop()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        await asyncio.sleep(0.1)  # let it fall asleep
        begun_s = loop.time()
        worker.wake_in(0.3)
        await until(lambda: worker.looks == 2)

    assert loop.time() - begun_s >= 0.3


async def test_a_later_appointment_changes_nothing() -> None:
    worker = Counter(0.2, LONG_S)

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        worker.wake_in(LONG_S)
        await until(lambda: worker.looks == 2)


async def test_of_two_appointments_the_earlier_counts() -> None:
    worker = Counter()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        worker.wake_in(0.1)
        worker.wake_in(LONG_S)
        await until(lambda: worker.looks == 2)


async def test_one_bad_look_is_not_the_last() -> None:
    worker = Counter(KeyError("surprise"), LONG_S)

    with capture_logs() as logs:
        async with at_work(worker):
            await until(lambda: worker.looks == 2)

    assert [one["event"] for one in logs] == ["worker pass failed"]


async def test_failures_in_a_row_do_not_spin_however_much_news_there_is() -> None:
    """News may be the failure's own, so even news waits for a second."""
    worker = Counter(*(RuntimeError() for _ in range(1000)))
    loop = asyncio.get_running_loop()

    async with at_work(worker):
        await until(lambda: worker.looks == 1)
        end_s = loop.time() + 0.5
        while loop.time() < end_s:
            worker.wake()
            await asyncio.sleep(0.01)

    assert worker.looks <= 2


async def test_a_worker_that_always_wants_to_look_leaves_room_for_others() -> None:
    """Between two looks there is a pause, so that no answer of ours can spin."""
    worker = Counter(*(0.0 for _ in range(1000)))
    loop = asyncio.get_running_loop()

    async with at_work(worker):
        begun_s = loop.time()
        await until(lambda: worker.looks >= 3)

    assert loop.time() - begun_s >= 0.1


async def test_a_cancelled_worker_abandons_what_it_began() -> None:
    worker = Counter()
    task = asyncio.create_task(worker.run(), name="cancelled")
    await until(lambda: worker.looks == 1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (worker.abandoned, worker.drained) == (True, False)


async def test_a_worker_that_can_wait_leaves_the_start_to_others() -> None:
    worker = Counter()
    worker.first_pass_after_s = 3600.0

    async with at_work(worker):
        await asyncio.sleep(0.1)
        assert worker.looks == 0
        worker.wake()
        await until(lambda: worker.looks == 1)


def test_nothing_long_runs_in_the_first_minute() -> None:
    assert {Retention.first_pass_after_s, Sums.first_pass_after_s} == {60.0}
