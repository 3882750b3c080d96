"""The process dies around the picture of a job: kept, uploaded, and paid for."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.discord.invocation import File
from tests.crash.world import PATIENCE_S, CrashWorld, open_crash_world
from tests.lives.points import Point
from tests.pictures.samples import photo
from tests.selection import thorough

LANES = 2
PICTURE = File(name="photo.jpg", data=photo())
OF_A_PICTURE = (
    # Kept, and nothing paid.
    "commit file_id+upload_intended_at",
    # Uploaded, and not submitted.
    "POST /api/v1/files/upload/stream",
    "commit picture_uploaded_at+picture_url+submit_attempts",
    # Made, and the file not deleted.
    "DELETE /api/v1/files/{}",
)
OF_ANY_JOB = (
    # Shown, and being read: nobody has it but this process.
    "POST /api/v10/interactions/{}/{}/callback",
    # Kept, and nothing paid.
    "commit queued",
    "commit submitting",
    # Submitted, and the answer lost.
    "commit submit_attempts+submit_due_at+unsure_since",
    "POST /v1/videos/generations",
    "commit generating",
    # Made, and the file not deleted.
    "commit delivering",
)
THREE_DAYS_US = 73 * 3600 * 1_000_000


async def nothing_is_left(world: CrashWorld) -> None:
    """Wait until no picture is left, here or at EvoLink."""
    async with asyncio.timeout(PATIENCE_S):
        while world.stage.evolink.files or world.rows("SELECT * FROM pictures"):  # noqa: ASYNC110 - another process's
            await asyncio.sleep(0.1)


@pytest.mark.lengthy
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "names",
    [OF_A_PICTURE, *thorough((OF_ANY_JOB,))],
    ids=["of a picture", "of any job"],
)
async def test_a_crash_around_a_picture_loses_and_doubles_nothing(
    tmp_path: Path, names: Sequence[str]
) -> None:
    """Each job ends as one clip paid for once, or was never taken; nothing is left."""
    points = [Point(name, after=after) for name in names for after in (False, True)]

    async def lane(number: int) -> None:
        async with open_crash_world(tmp_path / f"lane{number}") as world:
            world.picture = PICTURE
            for point in points[number::LANES]:
                await world.crash_at(point)
            await world.settle()
            world.check()
            await nothing_is_left(world)
            tasks = world.stage.evolink.tasks.values()
            assert all(len(task.order.pictures) == 1 for task in tasks)

    async with asyncio.TaskGroup() as group:
        for number in range(LANES):
            group.create_task(lane(number), name=f"lane {number}")


@pytest.mark.thorough
async def test_after_three_days_the_picture_is_uploaded_anew(tmp_path: Path) -> None:
    """The process was down for so long, and EvoLink has deleted the file."""
    async with open_crash_world(tmp_path) as world:
        world.picture = PICTURE
        await world.crash_at(
            Point("commit picture_uploaded_at+picture_url+submit_attempts", after=True)
        )
        with closing(sqlite3.connect(tmp_path / "clapper.db")) as opened, opened:
            opened.execute(
                "UPDATE jobs SET picture_uploaded_at = picture_uploaded_at - ?",
                (THREE_DAYS_US,),
            )
        world.stage.evolink.clock.advance(73 * 3600)
        assert len(world.stage.evolink.files) == 0

        await world.settle()

        world.check()
        assert len(world.delivered) == 1
        await nothing_is_left(world)
