"""A worker for rows looks again when there is room, if it left anything to wait."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import pytest

from bot.workers import side_by_side
from bot.workers.row_worker import RowWorker
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece
from tests.clock import FakeClock
from tests.pipeline.loops import at_work, until

LONG_S = 3600.0


class Rows:
    """Rows that nobody else claims."""

    async def next_due(self, now: datetime) -> datetime | None:
        raise NotImplementedError(now)

    async def renew(self, claims: Sequence[str], until: datetime) -> None:
        raise NotImplementedError(claims, until)

    async def let_go(self, claims: Sequence[str]) -> None:
        assert claims == []


class Poster(RowWorker[str, str]):
    """Posts rows; each waits until its answer is allowed."""

    name = "poster"

    def __init__(self, clock: FakeClock, endpoint: EndpointLimit) -> None:
        super().__init__(Rows(), clock)
        self._endpoint = endpoint
        endpoint.when_free(self.wake_if_held_up)
        self.due: list[str] = []
        self.passes = 0
        self.begun: list[str] = []
        self.answers = asyncio.Event()

    async def run_once(self) -> float:
        await self._under_way.begin_all(
            [
                Piece(key=one, item=one, work=partial(self._post, one))
                for one in self.due
            ],
            self._endpoint,
        )
        self.passes += 1
        return LONG_S

    async def _post(self, row: str, call: Call) -> None:
        self.due.remove(row)
        self.begun.append(row)
        await self.answers.wait()
        call.answered()


@pytest.fixture
def poster(clock: FakeClock, endpoint: EndpointLimit) -> Poster:
    return Poster(clock, endpoint)


async def test_what_was_left_to_wait_is_begun_with_when_there_is_room(
    poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "OVERDUE_S", 0.01)
    poster.due = ["one", "two"]
    async with at_work(poster):
        await until(lambda: poster.passes == 1)
        assert len(poster.begun) == 1

        poster.answers.set()

        await until(lambda: len(poster.begun) == 2)


async def test_a_worker_that_left_nothing_to_wait_is_not_woken_by_room_for_others(
    poster: Poster, endpoint: EndpointLimit
) -> None:
    async with at_work(poster):
        await until(lambda: poster.passes == 1)
        call = endpoint.begin("others")
        assert endpoint.wait_s("others too") > 0

        call.answered()
        call.end()
        await asyncio.sleep(4 * poster.shortest_pause_s)

    assert poster.passes == 1
