"""How long writes wait while the whole database is copied beside them.

Members' requests are written at a steady pace, as by a busy bot: for a while, while an
automatic copy is made, and for as long after it, when SQLite takes its log into the
file. Each wait is measured from the request on, so that none is forgotten that another
one held up.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from benchmarks.grown import Shape, put_history
from benchmarks.report import percentile, show
from benchmarks.timed import TimedSource, open_timed, tick
from bot.ids import ChannelId, GuildId, InteractionId, UserId, new_job_id
from bot.jobs.jobs import Job
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from storage.database.copies import FileCopies
from storage.database.engine import Database
from storage.database.schema import upgrade
from storage.jobs.store import SqlJobStore

SIZE, QUICK_SIZE, LARGE_SIZE = 200_000, 20_000, 1_000_000
"""Finished jobs: a thousand make about a megabyte."""
EVERY_S = 0.05
"""A write; a bot with a clip a second writes about as often."""
WATCHED_S, QUICK_WATCHED_S = 30.0, 5.0
"""Before, and after."""
LONGER_S = 0.1
"""By what the longest wait may be longer than without a copy, before and after: fsync
takes its time, and others use the machine, in either case."""
_interactions = count(10**12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What writes met in one of the phases."""

    phase: str
    lasted_s: float
    waits_s: Sequence[float]
    held_s: float
    """The longest that the writer was held."""
    late_s: float
    """The most that the event loop was late."""


async def run(*, quick: bool = False, large: bool = False) -> bool:
    """Measure, show, and return whether everything was within its bound."""
    jobs = QUICK_SIZE if quick else LARGE_SIZE if large else SIZE
    with tempfile.TemporaryDirectory(prefix="clapper-backup-") as folder:
        watched_s = QUICK_WATCHED_S if quick else WATCHED_S
        return await _measure(jobs, Path(folder), watched_s)


async def _measure(jobs: int, folder: Path, watched_s: float) -> bool:
    file = folder / "clapper.db"
    url = f"sqlite:///{file}"
    shape = Shape(jobs=jobs, largest_server=1, heavy_member=2, now=datetime.now(UTC))
    await upgrade(url)
    async with Database.open(url, may_write=None) as database:
        await put_history(database, shape)
    megabytes = file.stat().st_size / 1e6
    copies = FileCopies(file, folder / "copies", keep=7)
    async with open_timed(url) as (database, writing):
        watch = _Watch(SqlJobStore(database, listener=None, watcher=None), writing)
        phases = [
            await watch.phase("before", asyncio.sleep(watched_s)),
            await watch.phase("copy", copies.make(datetime.now(UTC))),
            await watch.phase("after", asyncio.sleep(watched_s)),
        ]
    print(f"\n{jobs:,} finished jobs, {megabytes:,.0f} MB")
    before, copy, after = phases
    bound_s = max(*before.waits_s, *after.waits_s) + LONGER_S
    show("backup", [_row(jobs, megabytes, one, bound_s) for one in phases])
    return max(copy.waits_s) <= bound_s


class _Watch:
    def __init__(self, store: SqlJobStore, writing: TimedSource) -> None:
        self._store = store
        self._writing = writing

    async def phase(self, name: str, work: Awaitable[None]) -> Watched:
        """Write at a steady pace until a work is done; all waits are over then."""
        self._writing.longest_s = 0.0
        late = [0.0]
        ticking = asyncio.create_task(tick(late))
        waits: list[asyncio.Task[float]] = []
        writing = asyncio.create_task(self._write_on(waits))
        began_at = time.monotonic()
        await work
        lasted_s = time.monotonic() - began_at
        writing.cancel()
        waits_s = await asyncio.gather(*waits)
        ticking.cancel()
        return Watched(
            phase=name,
            lasted_s=lasted_s,
            waits_s=waits_s,
            held_s=self._writing.longest_s,
            late_s=late[0],
        )

    async def _write_on(self, waits: list[asyncio.Task[float]]) -> None:
        while True:
            # None waits for the one before.
            waits.append(asyncio.create_task(self._write()))
            await asyncio.sleep(EVERY_S)

    async def _write(self) -> float:
        began_at = time.monotonic()
        await self._store.receive(_job())
        return time.monotonic() - began_at


def _job() -> Job:
    now = datetime.now(UTC)
    return Job(
        id=new_job_id(),
        guild_id=GuildId(1),
        channel_id=ChannelId(1),
        user_id=UserId(2),
        locale="en-US",
        request=VideoRequest(
            prompt="a fox that dances on the roof",
            mode=Mode.NORMAL,
            duration_s=6,
            aspect=Aspect.WIDE,
            model="grok-imagine-text-to-video",
        ),
        interaction_id=InteractionId(next(_interactions)),
        interaction_token="",
        application_id=1,
        requested_at=now,
        state_since=now,
    )


def _row(
    jobs: int, megabytes: float, one: Watched, bound_s: float
) -> dict[str, object]:
    return {
        "jobs": jobs,
        "megabytes": round(megabytes),
        "phase": one.phase,
        "lasted_s": one.lasted_s,
        "writes": len(one.waits_s),
        "wait_median_s": percentile(one.waits_s, 0.5),
        "wait_p99_s": percentile(one.waits_s, 0.99),
        "wait_worst_s": max(one.waits_s),
        "bound_worst_s": bound_s,
        "writer_held_s": one.held_s,
        "loop_late_s": one.late_s,
    }
