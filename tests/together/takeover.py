"""How long it takes until others do what a process did that has ended."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sandbox.discord.feed import ChangeKind
from tests.together.asked import Asked
from tests.together.clapper import Clapper
from tests.together.holders import shards_of
from tests.together.town import PATIENCE_S, Town

APART_S = 0.25
"""Between two commands of those that keep all processes busy."""
_READINGS = ("/v1/tasks/",)


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """Seconds from the end of a process, for each thing that it did."""

    shards_s: float
    """Until all of its shards were served by others."""
    polls_s: float
    """Until EvoLink was next asked how tasks are."""
    deliveries_s: float | None
    """Until the last clip was posted that was ready when it ended; None = none was."""

    @property
    def longest_s(self) -> float:
        return max(self.shards_s, self.polls_s, self.deliveries_s or 0.0)

    def __str__(self) -> str:
        deliveries = (
            "none" if self.deliveries_s is None else f"{self.deliveries_s:4.1f} s"
        )
        return (
            f"shards {self.shards_s:4.1f} s, polls {self.polls_s:4.1f} s,"
            f" deliveries {deliveries}"
        )


@asynccontextmanager
async def kept_busy(town: Town) -> AsyncGenerator[None]:
    """Let people ask all the time, so that every process has everything in hand."""

    async def ask() -> None:
        while True:
            await town.ask()
            await asyncio.sleep(APART_S)

    asking = asyncio.create_task(ask(), name="asking")
    try:
        yield
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


async def taken_over_from(town: Town, victim: Clapper, *, politely: bool) -> Takeover:
    """End a process, and return how long the others took."""
    shards = await shards_of(town, victim)
    with town.discord.subscribe() as changes:
        ended_s = time.time()
        ending = asyncio.create_task(
            victim.stop() if politely else victim.kill(), name="ending"
        )
        waiting, ready_s = set(shards), ended_s
        async with asyncio.timeout(PATIENCE_S):
            async for change in changes:
                if not waiting:
                    break
                if change.kind is ChangeKind.GATEWAY_READY:
                    number, _ = change.detail["shard"]
                    ready_s = time.time() if number in waiting else ready_s
                    waiting.discard(number)
    await ending
    await town.until(lambda: bool(_polled_after(town, ended_s)))
    # Which these are no longer changes.
    ready = _ready(town, ended_s)
    await _posted(town, ready)
    posted_s = [_posted_s(town, one) for one in ready]
    return Takeover(
        shards_s=ready_s - ended_s,
        polls_s=min(_polled_after(town, ended_s)) - ended_s,
        deliveries_s=max(posted_s) - ended_s if posted_s else None,
    )


def _polled_after(town: Town, moment_s: float) -> list[float]:
    return [
        one.at
        for one in town.evolink.requests
        if one.at > moment_s and one.path.startswith(_READINGS) and one.status == 200
    ]


def _ready(town: Town, moment_s: float) -> list[Asked]:
    """Return the commands whose clips were made, but not posted, at a moment."""
    made = {
        task.order.prompt
        for task in town.evolink.tasks.values()
        if task.ends_at is not None and task.ends_at <= moment_s
    }
    return [
        one
        for one in town.asked
        if one.prompt in made
        and (not _is_posted(town, one) or _posted_s(town, one) > moment_s)
    ]


async def _posted(town: Town, ready: Sequence[Asked]) -> None:
    """Wait until these clips are posted, or say what the database knows of the rest."""
    try:
        await town.until(lambda: all(_is_posted(town, one) for one in ready))
    except TimeoutError:
        left = [one.prompt for one in ready if not _is_posted(town, one)]
        msg = f"not posted: {left}; open: {await town.open_jobs()}"
        raise AssertionError(msg) from None


def _is_posted(town: Town, asked: Asked) -> bool:
    return bool(town.posted(asked))


def _posted_s(town: Town, asked: Asked) -> float:
    return town.posted(asked)[0].versions[0].at_s
