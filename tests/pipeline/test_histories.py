"""Random histories: faults, crashes, cancellations, and what holds after all of them.

Every seed is a history of its own: a few jobs, an outside world that fails as it likes,
processes that die in the middle of anything. The clock is ours: a day takes a second.
More of them by `HISTORIES=1000`.
"""

import asyncio
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.delivery.spool import Spool
from bot.errors import (
    AccountRefused,
    ContentRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    FetchGone,
    FetchUnavailable,
    FilesFull,
    FilesRefused,
    FilesUnavailable,
    FileTooLarge,
    MessengerDown,
    RateLimited,
    TaskUnknown,
    TooLate,
)
from bot.ids import FileId, GuildId, JobId, TaskId, UserId
from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.tasks import Accepted, TaskSnapshot, TaskStatus
from bot.jobs.video import VideoRequest
from bot.pictures.ports import UploadedFile
from bot.pictures.prepare import smallest
from bot.pipeline.ports import Posting
from bot.requests.cancelling import Cancelling
from bot.wiring.pipeline import Outside
from bot.workers.job_worker import JobWorker
from bot.workers.worker import Worker
from storage.database.engine import Database
from storage.pictures.store import keep_picture
from tests.clock import FakeClock
from tests.pictures.files import LOST, ScriptedFiles
from tests.pipeline.loops import turn
from tests.pipeline.outside import (
    Fault,
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    accepted,
)
from tests.pipeline.stages import Stages
from tests.processes import begin, make_config
from tests.selection import thorough
from tests.servers.people import make_actor
from tests.stores import kept_pictures

SLOTS = 3
JOBS = 6
MOST_ROUNDS = 4000


class MoodyEvolink(ScriptedEvolink):
    """Works on each task for a while, and fails now and then in every known way.

    It keeps the promise about keys: what was accepted under one is never made twice.
    A key belongs to one request, word for word.
    """

    def __init__(
        self, chance: random.Random, clock: FakeClock, files: ScriptedFiles
    ) -> None:
        super().__init__()
        self._files = files
        self._asked: dict[str, tuple[VideoRequest, str | None]] = {}
        self._chance = chance
        self._clock = clock
        self.moody = True
        self._ends: dict[TaskId, tuple[float, TaskStatus]] = {}

    async def create(
        self,
        request: VideoRequest,
        *,
        key: str,
        callback_url: str | None = None,
        picture_url: str | None = None,
    ) -> Accepted:
        del callback_url
        asked = (request, picture_url)
        assert self._asked.setdefault(key, asked) == asked
        held = self._files.at(picture_url)
        assert (None if held is None else held.data) == picture_of(request)
        self.submits.append(key)
        await asyncio.sleep(0)
        fate = self._chance.random() if self.moody else 1.0
        if fate < 0.25:
            raise self._chance.choice(
                [
                    RateLimited("429", retry_after_s=self._chance.choice([None, 20])),
                    EvolinkUnavailable("refused connection"),
                    EvolinkUnsure("502"),
                ]
            )
        if fate < 0.30 and key not in self.tasks_by_key:
            raise self._chance.choice([ContentRefused("400"), AccountRefused("402")])
        task_id = self.tasks_by_key.setdefault(key, TaskId(f"task-of-{key}"))
        if task_id not in self._ends:
            takes_s = self._chance.uniform(20, 200)
            if self._chance.random() < 0.1:
                takes_s = self._chance.uniform(3600, 9000)
            status = self._chance.choice(
                [TaskStatus.COMPLETED] * 4 + [TaskStatus.FAILED]
            )
            self._ends[task_id] = (self._now_s + takes_s, status)
        if fate < 0.45:
            msg = "the answer was lost"
            raise EvolinkUnsure(msg)
        return accepted(task_id)

    async def task(self, task_id: TaskId) -> TaskSnapshot:
        self.singles.append(task_id)
        await asyncio.sleep(0)
        if self.moody and self._chance.random() < 0.1:
            raise self._chance.choice(
                [EvolinkUnavailable("503"), EvolinkConfused("html"), TaskUnknown("404")]
            )
        return self._report(task_id)

    async def tasks(self, task_ids: Sequence[TaskId]) -> dict[TaskId, TaskSnapshot]:
        self.batches.append(task_ids)
        await asyncio.sleep(0)
        if self.moody and self._chance.random() < 0.1:
            raise EvolinkUnavailable("503")
        return {
            task_id: self._report(task_id)
            for task_id in task_ids
            if not self.moody or self._chance.random() < 0.9
        }

    @property
    def at_work(self) -> int:
        """How many tasks are being made now."""
        return sum(end_s > self._now_s for end_s, _ in self._ends.values())

    def _report(self, task_id: TaskId) -> TaskSnapshot:
        end_s, status = self._ends[task_id]
        if end_s > self._now_s:
            return TaskSnapshot(task_id=task_id, status=TaskStatus.RUNNING, progress=30)
        failed = status is TaskStatus.FAILED
        return TaskSnapshot(
            task_id=task_id,
            status=status,
            progress=100,
            result_url=None if failed else f"https://files.example/{task_id}.mp4",
            failure=Failure.SERVICE_ERROR if failed else None,
            credits_used=8.0,
        )

    @property
    def _now_s(self) -> float:
        return self._clock.now().timestamp()


class MoodyFiles(ScriptedFiles):
    """Fails now and then in every known way, or takes what it does not answer."""

    def __init__(self, chance: random.Random, clock: FakeClock) -> None:
        super().__init__(clock)
        self._chance = chance
        self.moody = True

    async def upload(self, name: str, data: bytes, content_type: str) -> UploadedFile:
        if self.moody and self._chance.random() < 0.4:
            errors: list[EvolinkError] = [
                LOST,
                FilesUnavailable("502"),
                FilesFull("40003"),
                RateLimited("429", retry_after_s=20),
            ]
            if data != smallest():
                errors += [FilesRefused("40002"), AccountRefused("401")]
            self.upload_errors.append(self._chance.choice(errors))
        return await super().upload(name, data, content_type)

    async def delete(self, file_id: FileId) -> None:
        if self.moody and self._chance.random() < 0.4:
            self.delete_errors.append(FilesUnavailable("502"))
        await super().delete(file_id)


def picture_of(request: VideoRequest) -> bytes | None:
    """Return the picture of a job, of which each has its own prompt."""
    return None if request.picture is None else request.prompt.encode()


class History:
    """One seed's world, and the process that lives in it."""

    def __init__(
        self,
        seed: int,
        stages: Stages,
        clock: FakeClock,
        database: Database,
        folder: Path,
    ) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same every time
        random.seed(seed)  # for the jitter
        self.store = stages.store
        self.clock = clock
        self.files = MoodyFiles(self.chance, clock)
        self.evolink = MoodyEvolink(self.chance, clock, self.files)
        self.messenger = ScriptedMessenger(clock)
        self.fetcher = ScriptedFetcher()
        self.operator = RecordingOperator()
        self.stages = stages
        self.workers: list[Worker] = []
        self._database = database
        self._config = make_config(max_active_tasks=SLOTS)
        self._spool = Spool(folder / "spool")
        self._spool.prepare()

    async def begin(self) -> None:
        """Begin the life of a process."""
        process = await begin(
            self._config,
            self.clock,
            self._database,
            outside=Outside(
                evolink=self.evolink,
                files=self.files,
                fetcher=self.fetcher,
                messenger=self.messenger,
                spool=self._spool,
                shrinker=None,
            ),
            operator=self.operator,
        )
        self.workers = process.workers

    async def round(self) -> None:
        """Let everybody look once; sometimes the process dies meanwhile."""
        if self.evolink.moody:
            self._brew_trouble()
        looks = asyncio.gather(*map(_look, self.workers))
        if self.evolink.moody and self.chance.random() < 0.15:
            for _ in range(self.chance.randrange(60)):
                await asyncio.sleep(0)
            looks.cancel()
            await asyncio.gather(looks, return_exceptions=True)
            for worker in self.workers:
                await worker.abandon()
            # A write that had begun is completed; a real process's end leaves none.
            await self.store.note({JobId("none"): JobChanges(polls=0)})
            self.clock.advance(self.chance.choice([1, 30, 700, 7200]))
            await self.begin()
        else:
            await looks
            for worker in self.workers:
                await worker.drain()

    def _brew_trouble(self) -> None:
        roll = self.chance.random()
        lost = Fault(MessengerDown("lost"), after_effect=True)
        if roll < 0.1:
            self.messenger.fail(
                "post_clip", self.chance.choice([lost, Fault(MessengerDown("503"))])
            )
        elif roll < 0.15:
            self.messenger.fail("post_notice", lost)
        elif roll < 0.2:
            self.messenger.fail("edit_status", MessengerDown("503"))
        elif roll < 0.22:
            self.messenger.fail("post_clip", FileTooLarge("413"))
        elif roll < 0.24:
            self.messenger.fail("find_posted", MessengerDown("503"))
        elif roll < 0.3:
            self.fetcher.faults.append(
                self.chance.choice([FetchGone("403"), FetchUnavailable("reset")])
            )

    async def queued(self, number: int) -> Job:
        """Return a new job; every other one begins with a picture."""
        fields: dict[str, Any] = {"prompt": f"clip {number}"}
        if number % 2:
            fields["picture"] = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
        job = await self.stages.queued(
            guild_id=GuildId(number % 3 + 1), user_id=UserId(number + 1), **fields
        )
        picture = picture_of(job.request)
        if picture is not None:
            await self._database.write(lambda one: keep_picture(one, job.id, picture))
        return job

    async def cancel_something(self, jobs: Sequence[Job]) -> JobId | None:
        job = self.chance.choice(jobs)
        try:
            actor = make_actor(user_id=job.user_id, guild_id=job.guild_id)
            cancelling = Cancelling(self.store, self.clock)
            done = await cancelling.cancel(job.id, actor, confirmed=True)
        except TooLate:
            return None
        return None if done.free else job.id

    async def is_over(self) -> bool:
        counts = await self.store.counts()
        if any(state in OPEN_STATES for state in counts):
            return False
        now = self.clock.now()
        for kind in Due:
            if (await self.store.due_and_next(kind, now, 99))[1] is not None:
                return False
            if (await self.store.due_and_next(kind, now, 1))[0]:
                return False
        return True


@pytest.mark.parametrize(
    "seed", [*range(3), *thorough(*range(3, int(os.environ.get("HISTORIES", "12"))))]
)
async def test_whatever_happens_every_job_ends_once(
    seed: int, stages: Stages, clock: FakeClock, database: Database, tmp_path: Path
) -> None:
    """Nothing lost, nothing paid twice, nothing posted twice, the ledger conserved."""
    history = History(seed, stages, clock, database, tmp_path)
    await history.begin()
    jobs = []
    for n in range(JOBS):
        clock.advance(history.chance.uniform(0, 20))
        jobs.append(await history.queued(n))
    counted: set[JobId] = set()

    with capture_logs() as logs:
        for number in range(MOST_ROUNDS):
            if number == 60:
                history.evolink.moody = history.files.moody = False
            if number < 60 and history.chance.random() < 0.05:
                counted |= {await history.cancel_something(jobs)} - {None}  # type: ignore[arg-type]
            await history.round()
            # As many again may be in doubt: perhaps EvoLink never took them.
            assert len(await history.store.making()) <= 2 * SLOTS
            if number > 60 and await history.is_over():
                break
            clock.advance(history.chance.choice([0.1, 1, 5, 20, 60]))

    surprises = [
        one for one in logs if one["log_level"] == "error" and "exc_info" in one
    ]
    assert surprises == []
    assert await history.is_over(), [await history.stages.now(job) for job in jobs]
    for job in jobs:
        await check(history, await history.stages.now(job), counted)
    # The last of a job that nobody knows of are erased after an hour.
    clock.advance(2 * 3600)
    for _ in range(3):
        await history.round()
    assert history.files.held == {}
    assert await kept_pictures(database) == []


async def _look(worker: Worker) -> None:
    """Look until nothing more may be begun with, as a loop that is woken does."""
    if isinstance(worker, JobWorker):
        await turn(worker)
    else:
        await worker.run_once()


async def check(history: History, job: Job, cancelled_and_counted: set[JobId]) -> None:
    """What must be true of a job that has ended, whatever it went through."""
    clips = history.messenger.seen(Posting.CLIP, job)
    notices = history.messenger.seen(Posting.NOTICE, job)
    assert len(clips) == (job.state is JobState.DELIVERED)
    assert len(notices) <= 1
    if job.state in {JobState.FAILED, JobState.UNCONFIRMED}:
        assert len(notices) == 1
    if clips and notices:
        assert job.late
    counts = (job.state is JobState.DELIVERED and not job.late) or (
        job.id in cancelled_and_counted
    )
    usage = await history.stages.usage(job, job.requested_at)
    assert (usage.day, usage.at_once) == (int(counts), 0)
    if job.task_id is not None:
        assert history.evolink.tasks_by_key[str(job.submit_key)] == job.task_id
    if job.state is JobState.UNCONFIRMED:
        assert ("unconfirmed", {"job_id": job.id}) in history.operator.told
