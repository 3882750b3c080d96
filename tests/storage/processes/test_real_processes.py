"""The real program, more than once on one server."""

import asyncio
import os
import signal
import socket
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from bot.processes.seats import Seat
from tests.e2e.channel import ask, posts, refusal
from tests.e2e.conftest import IMPATIENT, UNLIMITED, quick
from tests.storage.conftest import Select
from tests.storage.processes.conftest import PATIENCE_S, until
from tests.storage.processes.network import network_to

SETTLES_S = 3.0
"""After the start, for what is looked at once."""
OBSERVED_S = 30.0

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
            assert named[0][0] >= 6

            async def others_are_the_tests_own() -> bool:
                """For writing and for reading. A program's first ones are ending."""
                others = await rows(
                    "SELECT count(*) FROM pg_stat_activity WHERE"
                    " datname = current_database() AND application_name = 'clapper'"
                )
                return bool(others[0][0] <= 2)

            await until(others_are_the_tests_own)
        finally:
            assert await second.stop() == 0
        assert len(await rows("SELECT id FROM processes")) == 1


async def test_a_network_that_is_cut_keeps_no_member_waiting_and_is_recovered_from(
    migrated: str, tmp_path: Path
) -> None:
    async with (
        network_to(migrated) as (network, url),
        open_stage(None, quick(), tmp_path, make_bot=BotProcess) as stage,
    ):
        stage.bot.settings["CLAPPER_STORAGE__URL"] = url
        stage.bot.settings["CLAPPER_HTTP__LISTEN"] = ""
        await stage.bot.start(**UNLIMITED, **IMPATIENT)
        await stage.discord.wait_ready(["video"], PATIENCE_S)
        await ask(stage, "a comet")
        await posts(stage, 1)

        network.cut()
        said = [await refusal(stage, f"a fox, {number}") for number in range(2)]
        await asyncio.sleep(12)  # nobody who waits is left, only the bot's own work
        network.mend()

        assert all("my database is busy" in one for one in said)
        await until(lambda: "database recovered" in stage.bot.log())
        await ask(stage, "a bear")
        await posts(stage, 2)
        assert stage.evolink.paid_tasks == 2


async def test_a_process_that_is_stopped_is_taken_for_dead_and_begins_again(
    migrated: str, rows: Select, tmp_path: Path
) -> None:
    async with open_stage(folder=tmp_path, make_bot=BotProcess) as stage:
        first = stage.bot
        first.settings["CLAPPER_STORAGE__URL"] = migrated
        first.settings["CLAPPER_HTTP__LISTEN"] = ""
        second = BotProcess(first.settings, tmp_path / "second.log")
        await first.start()
        await stage.discord.wait_ready(["video"], PATIENCE_S)
        [(name,)] = await rows("SELECT session FROM processes")
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = :it"

        async def both() -> bool:
            return len(await rows("SELECT id FROM processes")) == 2

        try:
            await second.start()
            await until(both)
            assert first.pid is not None
            os.kill(first.pid, signal.SIGSTOP)

            async def removed() -> bool:
                found = await rows(
                    "SELECT 1 FROM processes WHERE session = :name", name=name
                )
                return not found and await rows(sessions, it=name) == [(0,)]

            await until(removed)
            os.kill(first.pid, signal.SIGCONT)

            await until(both)
            assert "begins again" in first.log()
        finally:
            os.kill(first.pid or 0, signal.SIGCONT)
            assert await second.stop() == 0


async def test_a_process_without_work_makes_at_most_two_statements_a_second(
    migrated: str, tmp_path: Path
) -> None:
    async with (
        network_to(migrated) as (network, url),
        open_stage(folder=tmp_path, make_bot=BotProcess) as stage,
    ):
        stage.bot.settings["CLAPPER_STORAGE__URL"] = url
        await stage.bot.start()
        await stage.discord.wait_ready(["video"], PATIENCE_S)
        await until(lambda: stage.bot.log().count("seat taken") == len(Seat))
        await asyncio.sleep(SETTLES_S)
        before = network.statements

        await asyncio.sleep(OBSERVED_S)

        # A beat is two of them, and every worker looks.
        assert 10 < network.statements - before <= 2 * OBSERVED_S


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
