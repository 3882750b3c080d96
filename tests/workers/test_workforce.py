"""Workers together: nothing begins before what a former process held is cleared."""

import asyncio

import pytest

from bot.errors import StorageBusy
from bot.workers import storing
from bot.workers.worker import Worker
from bot.workers.workforce import Workforce


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

    workforce = Workforce([Noting(seen, looked)], prepare=prepare)
    running = asyncio.create_task(workforce.run(stopping), name="workforce")
    await looked.wait()
    stopping.set()
    await running

    assert seen == ["prepare", "prepare", "prepare", "look"]


async def test_a_stop_while_the_database_is_held_ends_it_without_any_work() -> None:
    seen: list[str] = []
    stopping, tried = asyncio.Event(), asyncio.Event()

    async def prepare() -> None:
        tried.set()
        raise StorageBusy("held")

    workforce = Workforce([Noting(seen, asyncio.Event())], prepare=prepare)
    running = asyncio.create_task(workforce.run(stopping), name="workforce")
    await tried.wait()
    stopping.set()
    await running

    assert seen == []
