"""What follows when the bot is added to a server, or removed."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.ids import GuildId
from bot.jobs.states import OPEN_STATES
from bot.wiring.program import Opened, join_program
from cogs.servers.membership import Membership
from storage.database.engine import Database
from storage.tables.servers import departures, greetings
from tests.pipeline.stages import Stages

GUILD = GuildId(5)


@pytest.fixture
async def membership(opened: Opened) -> Membership:
    await join_program(opened)
    found = opened.bot.get_cog("Membership")
    assert isinstance(found, Membership)
    return found


async def departed(database: Database) -> set[int]:
    wanted = select(departures.c.guild_id)
    return set(await database.read(lambda one: one.scalars(wanted).all()))


async def test_a_server_that_removes_us_ends_its_jobs_and_its_data_goes_in_time(
    membership: Membership, stages: Stages, database: Database
) -> None:
    job = await stages.queued(guild_id=GUILD)
    await membership.on_guild_left(GUILD)

    assert (await stages.now(job)).state not in OPEN_STATES
    assert await departed(database) == {GUILD}


async def test_a_server_that_we_are_in_again_keeps_its_data_and_is_greeted(
    membership: Membership, opened: Opened, stages: Stages, database: Database
) -> None:
    job = await stages.queued(guild_id=GUILD)
    await membership.on_shard_known(0)
    await membership.on_guild_left(GUILD)
    state: Any = opened.bot._connection
    state._add_guild_from_data({"id": str(GUILD)})

    await membership.on_shard_known(0)

    assert job.guild_id == GUILD
    assert await departed(database) == set()
    greeted = select(greetings.c.guild_id)
    assert await database.read(lambda one: one.scalars(greeted).all()) == [GUILD]
