"""What cuts the bot off from Discord, or ends it, without its doing."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.gateway import Gateway
from sandbox.evolink import EvolinkConfig, Fault
from tests.crash.world import PATIENCE_S, open_crash_world

BREAKS: dict[str, Callable[[Gateway], None]] = {
    "cut without a word": lambda gateway: gateway.drop(),
    "closed with 4000": lambda gateway: gateway.drop(4000),
    "asked to reconnect (op 7)": Gateway.ask_to_reconnect,
    "session invalid, resumable (op 9)": lambda gateway: gateway.invalidate(
        resumable=True
    ),
    "session invalid (op 9)": lambda gateway: gateway.invalidate(resumable=False),
}


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_a_broken_gateway_makes_us_miss_nothing(tmp_path: Path) -> None:
    """Jobs go on without it, and commands are heard again after it."""
    async with open_crash_world(tmp_path) as world:
        assert await world.live()
        gateway = world.stage.discord.gateway
        for breaks in BREAKS.values():
            await (await world.ask()).answer()
            before = gateway.identifies + gateway.resumes
            breaks(gateway)
            await world.stage.discord.wait_until(
                partial(_is_back, gateway, before), PATIENCE_S
            )
            await (await world.ask()).answer()
        await world.settle()

        world.check()
        assert len(world.delivered) == 2 * len(BREAKS)


def _is_back(gateway: Gateway, before: int) -> bool:
    return gateway.identifies + gateway.resumes > before and gateway.is_ready


@pytest.mark.thorough
async def test_tokens_that_die_at_once_cost_nothing(tmp_path: Path) -> None:
    """Everything after the acknowledgement goes by the bot's own token."""
    async with open_crash_world(tmp_path) as world:
        assert await world.live()
        for _ in range(3):
            handle = await world.ask()
            await handle.answer()
            handle.kill_token()
        await world.settle()

        world.check()
        assert len(world.delivered) == 3


@pytest.mark.thorough
async def test_a_dead_token_hides_no_status_from_the_next_life(tmp_path: Path) -> None:
    """The process died before it could record what Discord had taken."""
    async with open_crash_world(tmp_path) as world:
        world.stage.discord.faults.add(
            DiscordFault(path="/interactions/", trouble=Trouble.HANG, after_effect=True)
        )
        assert await world.live()
        handle = await world.ask()
        await handle.answer()
        handle.kill_token()
        await world.bot.kill()
        world.stage.discord.faults.clear()
        await world.settle()

        world.check()
        assert len(world.delivered) == 1


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_it_ends_in_time_whatever_hangs(tmp_path: Path) -> None:
    """SIGTERM while EvoLink and Discord leave every request unanswered."""
    async with open_crash_world(tmp_path) as world:
        assert await world.live()
        await (await world.ask()).answer()
        world.stage.evolink.faults.add(Fault(answer="hang", times=None))
        world.stage.discord.faults.add(
            DiscordFault(path="/channels/", trouble=Trouble.HANG)
        )
        await world.ask()
        await asyncio.sleep(1.0)

        assert await world.bot.stop() == 0

        world.stage.evolink.faults.clear()
        world.stage.discord.faults.clear()
        await world.settle()
        world.check()


async def test_the_operator_s_channel_hears_what_needs_a_person(tmp_path: Path) -> None:
    """Here an account without credits; nobody is notified of it by a mention."""
    async with open_crash_world(tmp_path, EvolinkConfig(credits_held=0)) as world:
        log = world.stage.world.log
        world.settings["CLAPPER_OPERATOR__CHANNEL_ID"] = str(log.id)
        assert await world.live()
        message = await world.stage.discord.wait_for_message(
            log, lambda one: "no longer accepts our requests" in one.text, PATIENCE_S
        )

        assert message.pinged == frozenset()
        assert "0 credits left" in message.text


@pytest.mark.soak
async def test_ten_thousand_open_jobs_are_taken_up_within_five_seconds(
    tmp_path: Path,
) -> None:
    evolink = EvolinkConfig(total_s=3600, estimated_time_s=3600)
    async with open_crash_world(tmp_path, evolink) as world:
        assert await world.live()
        await (await world.ask()).answer()
        await world.stage.discord.wait_until(
            lambda: world.rows("SELECT state FROM jobs")[0]["state"] == "generating"
        )
        await world.bot.kill()
        _multiply(tmp_path / "clapper.db", 10_000)
        asked = len(world.stage.evolink.requests)
        began = time.monotonic()
        assert await world.live()
        ready_s = time.monotonic() - began
        await world.stage.discord.wait_until(
            lambda: any(
                one.path.startswith("/v1/tasks")
                for one in world.stage.evolink.requests[asked:]
            )
        )
        resumed_s = time.monotonic() - began

        assert ready_s < 5.0
        assert resumed_s < ready_s + 2.0


def _multiply(file: Path, count: int) -> None:
    """Fill a database with copies of its only job."""
    with closing(sqlite3.connect(file)) as opened, opened:
        names = [row[1] for row in opened.execute("PRAGMA table_info(jobs)")]
        own = {
            "id": "printf('%016x', n)",
            "interaction_id": "interaction_id + n",
            "task_id": "task_id || n",
            "poll_due_at": "1",  # long ago
        }
        columns = ", ".join(own.get(name, name) for name in names)
        many = "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many"
        copies = f"SELECT {columns} FROM jobs, many"  # noqa: S608 - our own names
        opened.execute(f"{many} WHERE n < {count}) INSERT INTO jobs {copies}")
