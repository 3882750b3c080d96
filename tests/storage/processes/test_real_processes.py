"""The real program, more than once on one server."""

import socket
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from tests.storage.conftest import Select
from tests.storage.processes.conftest import PATIENCE_S, until

pytestmark = [pytest.mark.lengthy]


async def test_a_second_program_starts_beside_the_first_and_all_its_sessions_are_its(
    migrated: str, rows: Select, tmp_path: Path
) -> None:
    async with open_stage(folder=tmp_path, make_bot=BotProcess) as stage:
        first = stage.bot
        first.settings["CLAPPER_STORAGE__URL"] = migrated
        first.settings["CLAPPER_HTTP__LISTEN"] = ""
        second = BotProcess(first.settings, tmp_path / "second.log")
        await first.start()
        await stage.discord.wait_ready(["video"], PATIENCE_S)
        try:
            await second.start()

            async def both() -> bool:
                return len(await rows("SELECT id FROM processes")) == 2

            await until(both)
            named = await rows(
                "SELECT count(*) FROM processes JOIN pg_stat_activity"
                " ON application_name = session"
            )
            # The test's own, for writing and for reading.
            own = await rows(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'clapper'"
            )
            assert named[0][0] >= 6
            assert own[0][0] <= 2
        finally:
            assert await second.stop() == 0
        assert len(await rows("SELECT id FROM processes")) == 1


@pytest.mark.usefixtures("database")
async def test_a_program_without_a_shard_is_a_healthy_standby(
    migrated: str, tmp_path: Path
) -> None:
    """There is one shard, and the other process has it."""
    async with open_stage(folder=tmp_path, make_bot=BotProcess) as stage:
        first = stage.bot
        first.settings["CLAPPER_STORAGE__URL"] = migrated
        second = BotProcess(first.settings, tmp_path / "second.log")
        await first.start(CLAPPER_HTTP__LISTEN=(held := free_address()))
        await stage.discord.wait_ready(["video"], PATIENCE_S)
        try:
            await second.start(CLAPPER_HTTP__LISTEN=(other := free_address()))
            await until(lambda: says(other, {"healthy": True, "standby": True}))

            await until(lambda: says(other, {"shards": [], "living": 2}))
            await until(lambda: says(held, {"living": 2}))
            assert await says(held, {"standby": False, "shards": [0], "healthy": True})
            assert await first.stop() == 0
            await until(lambda: says(other, {"standby": False, "shards": [0]}))
            await until(lambda: says(other, {"healthy": True, "living": 1}))
        finally:
            assert await second.stop() == 0


def free_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


async def says(address: str, wanted: dict[str, object]) -> bool:
    """Return whether `/healthz` says this among other things."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://{address}/healthz") as answer,
        ):
            told = await answer.json()
    except aiohttp.ClientError:
        return False
    assert (answer.status == 200) is told["healthy"]
    return {name: told[name] for name in wanted} == wanted
