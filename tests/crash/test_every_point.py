"""The process dies once at every commit and every request of a job's life."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.evolink import EvolinkConfig
from tests.crash.world import CLIP_S, UNHURRIED, Passed, open_crash_world
from tests.lives.points import Point

LANES = 2
EXPECTED = (
    "commit insert jobs",
    "POST /api/v10/interactions/{}/{}/callback",
    "commit queued",
    "commit submitting",
    "POST /v1/videos/generations",
    "commit generating",
    "GET /v1/tasks/{}",
    "commit delivering",
    "GET /clip",
    "commit post_intended_at",
    "POST /api/v10/channels/{}/messages",
    "commit delivered",
    "PATCH /api/v10/webhooks/{}/{}/messages/@original",
)
"""What a job cannot do without; a hook that misses one of these tests nothing."""


TIMEOUT_S = 600
"""Seventy lives, each as long as a busy machine takes; none may be cut short."""


async def points_of_a_job(folder: Path) -> Passed:
    async with open_crash_world(folder) as world:
        passed = await world.calm_points()
        world.check()
    expected = {
        Point(name, after=after) for name in EXPECTED for after in (False, True)
    }
    assert expected <= set(passed.points) - passed.by_chance
    return passed


@pytest.mark.lengthy
@pytest.mark.timeout(TIMEOUT_S)
async def test_a_crash_at_any_point_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Each job ends as one clip that was paid for once, whenever the process died."""
    passed = await points_of_a_job(tmp_path / "calm")

    async def lane(number: int) -> None:
        async with open_crash_world(tmp_path / f"lane{number}") as world:
            for point in passed.points[number::LANES]:
                await world.crash_at(point, by_chance=point in passed.by_chance)
            await world.settle()
            world.check()

    async with asyncio.TaskGroup() as group:
        for number in range(LANES):
            group.create_task(lane(number), name=f"lane {number}")


AROUND_THE_POST = (
    "commit post_intended_at",
    "POST /api/v10/channels/{}/messages",
    "commit delivered",
)


@pytest.mark.lengthy
@pytest.mark.thorough
async def test_a_crash_around_the_post_doubles_nothing_without_nonces(
    tmp_path: Path,
) -> None:
    """Discord promises to remember them for minutes; here it forgets them at once."""
    forgetful = replace(UNHURRIED, nonce_window_s=0.0)
    async with open_crash_world(tmp_path, None, forgetful) as world:
        for name in AROUND_THE_POST:
            for after in (False, True):
                await world.crash_at(Point(name, after=after))
        await world.settle()
        world.check()


@pytest.mark.soak
@pytest.mark.parametrize("idempotency", ["honoured", "ignored"])
@pytest.mark.parametrize("batch", ["on", 404])
async def test_the_whole_matrix(
    tmp_path: Path, idempotency: str, batch: str | int
) -> None:
    """Also where EvoLink ignores the key, and where it has no batch call.

    Without the key a crash between the paid request and its record may be paid for
    twice: only EvoLink could know. Nothing is ever posted twice or lost.
    """
    passed = await points_of_a_job(tmp_path / "calm")
    config = EvolinkConfig(
        total_s=CLIP_S,
        estimated_time_s=1,
        idempotency=idempotency,  # type: ignore[arg-type]  # one of its two words
        batch=batch,  # type: ignore[arg-type]  # likewise
    )
    async with open_crash_world(tmp_path / "matrix", config) as world:
        for point in passed.points:
            await world.crash_at(point, by_chance=point in passed.by_chance)
            await world.settle()
            await world.bot.stop()
        world.check(key_honoured=idempotency == "honoured")
