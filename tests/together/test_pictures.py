"""Processes die around the pictures of jobs: nothing is doubled, and nothing stays."""

import asyncio
import random

import pytest

from bot.processes.seats import Seat
from sandbox.discord.invocation import File
from tests.pictures.samples import photo
from tests.together.chaos import die_one_by_one
from tests.together.conftest import OpenTown
from tests.together.holders import holder_of
from tests.together.town import PATIENCE_S, Town
from tests.together.verdict import FAILS, nothing_is_wrong

COMMANDS = 24
UPLOADED_BEFORE = 4
"""Pictures that EvoLink has got before the first death."""
SOAK_COMMANDS, SOAK_DEATHS = 300, 30


async def ask_with_pictures(town: Town, commands: int, *, every_s: float) -> None:
    """Type `/video` so often, with a picture each; of every third no clip is made."""
    for number in range(commands):
        about = FAILS if number % 3 == 0 else "clip"
        await town.ask(about, image=File(name=f"{number}.jpg", data=photo()))
        await asyncio.sleep(every_s)


async def nothing_is_left(town: Town) -> None:
    """Wait until no picture is left at EvoLink, in the database, or in a spool.

    A clip that one had fetched, and another posted, stays until the next start.
    """
    async with asyncio.timeout(PATIENCE_S):
        while town.evolink.files or await town.rows("SELECT job_id FROM pictures"):  # noqa: ASYNC110 - other processes'
            await asyncio.sleep(0.2)
    spooled = [one for clapper in town.clappers for one in clapper.spool.iterdir()]
    assert [one for one in spooled if one.suffix != ".mp4"] == []


@pytest.mark.lengthy
@pytest.mark.timeout(400)
async def test_a_process_that_dies_uploading_pictures_doubles_and_leaves_nothing(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        asking = asyncio.create_task(ask_with_pictures(town, COMMANDS, every_s=0.2))
        await town.until(lambda: town.evolink.files.uploads >= UPLOADED_BEFORE)
        uploader = await holder_of(town, Seat.EVOLINK)
        assert uploader is not None
        await uploader.kill()
        await asking
        await town.start(uploader)

        await nothing_is_wrong(town)
        await nothing_is_left(town)

        taken = [one for one in town.asked if one.accepted]
        assert len(taken) >= COMMANDS // 2, "too little came of it to prove anything"
        orders = [task.order for task in town.evolink.tasks.values()]
        assert len(orders) == len(taken)
        assert all(len(order.pictures) == 1 for order in orders)


@pytest.mark.soak
async def test_many_deaths_leave_no_picture_anywhere(opened: OpenTown) -> None:
    chance = random.Random(15)  # noqa: S311 - the same moments every time
    async with opened() as town:
        await asyncio.gather(
            ask_with_pictures(town, SOAK_COMMANDS, every_s=0.5),
            die_one_by_one(town, SOAK_DEATHS, chance),
        )

        await nothing_is_wrong(town)
        await nothing_is_left(town)
