"""After many jobs with pictures, however they ended, nothing is left of any."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.delivery.spool import Spool
from bot.errors import ContentRefused, FilesUnavailable
from bot.ids import GuildId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from bot.requests.cancelling import Cancelling
from bot.wiring.pipeline import Outside
from storage.database.engine import Database
from storage.pictures.store import keep_picture
from tests.clock import FakeClock
from tests.pictures.files import LOST, ScriptedFiles
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    completed,
)
from tests.pipeline.stages import Stages
from tests.processes import Process, begin, make_config
from tests.servers.people import make_actor
from tests.stores import kept_pictures

JOBS = 1000
AT_ONCE = 200
MOST_ROUNDS = 2000


@dataclass(frozen=True, kw_only=True)
class House:
    """A process of the program's own wiring, and an outside that fails now and then."""

    process: Process
    stages: Stages
    database: Database
    evolink: ScriptedEvolink
    files: ScriptedFiles
    clock: FakeClock
    spool: Path
    chance: random.Random

    async def asked(self, number: int) -> Job:
        use = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
        guild_id = GuildId(number % 40 + 1)
        job = await self.stages.queued(picture=use, guild_id=guild_id)
        await self.database.write(lambda one: keep_picture(one, job.id, b"a JPEG"))
        return job

    async def cancel(self, job: Job) -> None:
        cancelling = Cancelling(self.stages.store, self.clock)
        actor = make_actor(guild_id=job.guild_id)
        await cancelling.cancel(job.id, actor, confirmed=True)

    async def cancel_what_is_made(self, jobs: list[Job]) -> None:
        """Cancel those whose tasks have begun; the others stay in the list."""
        for job in list(jobs):
            if (await self.stages.now(job)).state is JobState.GENERATING:
                jobs.remove(job)
                await self.cancel(job)

    async def work(self) -> None:
        self._brew_trouble()
        for worker in self.process.workers:
            await worker.run_once()
            await worker.drain()

    def end_tasks(self) -> None:
        """Let every task end: each other one as a clip."""
        for number, task_id in enumerate(self.evolink.tasks_by_key.values()):
            self.evolink.reports[task_id] = (
                completed(task_id) if number % 2 else failed(task_id)
            )

    async def is_empty(self) -> bool:
        return not self.files.held and not await kept_pictures(self.database)

    def _brew_trouble(self) -> None:
        lost = self.chance.choice([LOST, FilesUnavailable("502")])
        if self.chance.random() < 0.2:
            self.files.upload_errors.append(lost)
        if self.chance.random() < 0.2:
            self.files.delete_errors.append(FilesUnavailable("502"))
        if self.chance.random() < 0.1:
            self.evolink.submit_answers.append(ContentRefused("400"))


@pytest.fixture
async def house(  # noqa: PLR0913, PLR0917 - what it is joined of
    database: Database,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    files: ScriptedFiles,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    tmp_path: Path,
) -> House:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    outside = Outside(
        evolink=evolink,
        files=files,
        fetcher=fetcher,
        messenger=messenger,
        spool=spool,
        shrinker=None,
    )
    config = make_config(max_active_tasks=AT_ONCE)
    operator = RecordingOperator()
    return House(
        process=await begin(
            config, clock, database, outside=outside, operator=operator
        ),
        stages=stages,
        database=database,
        evolink=evolink,
        files=files,
        clock=clock,
        spool=tmp_path / "spool",
        chance=random.Random(7),  # noqa: S311 - the same every time
    )


def failed(task_id: TaskId) -> TaskSnapshot:
    return TaskSnapshot(
        task_id=task_id,
        status=TaskStatus.FAILED,
        progress=0,
        failure=Failure.PICTURE_REFUSED,
    )


@pytest.mark.lengthy
@pytest.mark.thorough
@pytest.mark.timeout(600)  # 18 s by itself; several times that among others
async def test_after_a_thousand_jobs_nothing_is_left_of_their_pictures(
    house: House,
) -> None:
    """Half of them failed or were cancelled: waiting, being made, or refused."""
    jobs = [await house.asked(number) for number in range(JOBS)]
    for job in jobs[:100]:
        await house.cancel(job)
    to_cancel = jobs[100:150]

    for _ in range(MOST_ROUNDS):
        await house.work()
        await house.cancel_what_is_made(to_cancel)
        house.end_tasks()
        house.clock.advance(10)
        if await house.is_empty():
            break

    assert await house.is_empty()
    assert list(house.spool.iterdir()) == []
    counts = await house.stages.store.counts()
    assert set(counts) == {JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED}
    assert sum(counts.values()) == JOBS
    assert counts[JobState.CANCELLED] > 100
    assert 300 < counts[JobState.FAILED] < 600
