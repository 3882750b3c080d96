"""The database in trouble, seen by members and by the operator of the real program."""

import asyncio
import json
import os
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from sandbox.evolink import EvolinkConfig
from sandbox.evolink.faults import Fault as EvolinkFault
from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.channel import PATIENCE_S, ask, posts, refusal
from tests.e2e.conftest import (
    IMPATIENT,
    UNLIMITED,
    OpenStage,
    discord_config,
    quick,
)
from tests.storage.trouble import SMALL_DISK, can_mount, held

BUSY = "my database is busy"
FULL = "my disk is full"


def file_of(stage: Stage) -> Path:
    return stage.folder / "clapper.db"


def scalar(stage: Stage, sql: str) -> Any:
    with closing(sqlite3.connect(file_of(stage))) as opened:
        return opened.execute(sql).fetchone()[0]


async def until(true: Callable[[], bool]) -> None:
    """Wait for what the stand-ins know nothing of."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - nobody could tell us
            await asyncio.sleep(0.05)


@pytest.mark.thorough
async def test_members_are_answered_while_another_program_holds_the_database(
    open_world: OpenStage,
) -> None:
    """Each in Discord's three seconds, and nothing is done later; one line for all."""
    stage = await open_world()
    world = stage.world
    with held(file_of(stage)):
        said = await asyncio.gather(
            *(refusal(stage, f"a fox, {number}") for number in range(4)),
        )
        handle = await stage.discord.slash(
            world.admin, world.general, "quota server", {"per_day": 5}
        )
        setting = await handle.answer()
    await ask(stage, "a comet")
    await posts(stage, 1)

    assert all(BUSY in one for one in (*said, setting.text))
    assert scalar(stage, "SELECT count(*) FROM jobs") == 1
    assert stage.evolink.paid_tasks == 1
    log = stage.bot.log()
    assert log.count("database failed") == log.count("database recovered") == 1
    assert log.count("[error") == 1


@pytest.mark.thorough
async def test_a_server_that_leaves_meanwhile_is_heard_of_when_it_is_free(
    open_world: OpenStage,
) -> None:
    """Discord will not tell again: its jobs end, and its data goes in time."""
    stage = await open_world(EvolinkConfig(total_s=600, estimated_time_s=600))
    await ask(stage, "a fox")
    await stage.discord.wait_until(lambda: stage.evolink.paid_tasks == 1)
    begun = "SELECT count(*) FROM jobs WHERE state = 'generating'"
    await until(lambda: scalar(stage, begun) == 1)
    with held(file_of(stage)):
        stage.discord.world.remove_bot(stage.world.guild)
        await until(lambda: "database failed" in stage.bot.log())

    await until(lambda: scalar(stage, "SELECT count(*) FROM departures") == 1)
    states = "SELECT count(*) FROM jobs WHERE state = 'undeliverable'"
    await until(lambda: scalar(stage, states) == 1)


@pytest.mark.thorough
async def test_what_a_start_has_to_write_is_made_up_for(open_world: OpenStage) -> None:
    """In which servers we are is told once, when the gateway is ready."""
    stage = await open_world()
    await stage.bot.stop()
    with closing(sqlite3.connect(file_of(stage))) as opened:
        opened.execute("INSERT INTO departures VALUES (?, 0)", (stage.world.guild.id,))
        opened.commit()
    with held(file_of(stage)):
        await stage.bot.start(**UNLIMITED, **IMPATIENT)
        await until(lambda: "database failed" in stage.bot.log())

    await until(lambda: scalar(stage, "SELECT count(*) FROM departures") == 0)


class BotOnSmallDisk(BotProcess):
    """Sees a disk of a few MiB where its database is, which nobody else sees."""

    size = "4m"

    def __init__(self, settings: Mapping[str, str], log_file: Path) -> None:
        super().__init__(settings, log_file)
        self._disk = log_file.parent / "disk"
        self._disk.mkdir()
        self.settings["CLAPPER_STORAGE__URL"] = f"sqlite:///{self._disk}/clapper.db"

    def command(self) -> tuple[str, ...]:
        mount = f"mount -t tmpfs -o size={self.size} none {self._disk}"
        return (*SMALL_DISK, f"{mount} && exec {sys.executable} -m bot run")

    @property
    def filler(self) -> Path:
        """A file on its disk, seen from outside."""
        return Path(f"/proc/{self.pid}/root{self._disk}/filler")

    def fill(self) -> None:
        with self.filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    """There is still room."""
            except OSError:
                return


@pytest.mark.thorough
@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody mount a disk")
async def test_a_full_disk_is_told_to_all_it_concerns_and_passes(
    tmp_path: Path,
) -> None:
    port = free_port()
    async with open_stage(
        discord_config(), quick(), tmp_path, make_bot=BotOnSmallDisk
    ) as stage:
        bot = stage.bot
        assert isinstance(bot, BotOnSmallDisk)
        world = stage.world
        await bot.start(
            **UNLIMITED,
            **IMPATIENT,
            CLAPPER_HTTP__LISTEN=f"127.0.0.1:{port}",
            CLAPPER_OPERATOR__CHANNEL_ID=str(world.restricted.id),
        )
        await stage.discord.wait_ready(["video", "videos", "usage"], PATIENCE_S)
        assert await health(port) == (200, True)
        await asyncio.to_thread(bot.fill)

        said = await refusal(stage, "a fox")

        assert FULL in said
        assert await health(port) == (503, False)
        assert 'clapper_free_bytes{place="database"} 0.0' in await metrics(port)
        await stage.discord.wait_for_message(
            world.restricted,
            lambda message: "The disk of the database is full" in message.text,
            timeout_s=PATIENCE_S,
        )
        await asyncio.to_thread(os.unlink, bot.filler)
        await stage.discord.wait_for_message(
            world.restricted,
            lambda message: "The database works again" in message.text,
            timeout_s=PATIENCE_S,
        )
        assert await health(port) == (200, True)
        await ask(stage, "a comet")
        await posts(stage, 1)
        told = [
            message.text
            for message in stage.discord.messages(world.restricted)
            if "disk of the database" in message.text
        ]
        assert len(told) == 1
        log = bot.log()
        assert log.count("database failed") == 1
        assert "Traceback" not in log


@pytest.mark.thorough
@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody mount a disk")
async def test_that_intake_is_paused_is_told_while_the_disk_is_still_full(
    tmp_path: Path,
) -> None:
    """Though the job that was refused cannot go back to the queue until it has room."""
    refusal_at_hand = EvolinkFault(
        method="POST",
        path="/v1/videos/generations",
        answer=402,
        code="key_disabled",
        delay_s=3.0,
    )
    async with open_stage(
        discord_config(), quick(), tmp_path, make_bot=BotOnSmallDisk
    ) as stage:
        bot = stage.bot
        assert isinstance(bot, BotOnSmallDisk)
        world = stage.world
        stage.evolink.faults.add(refusal_at_hand)
        await bot.start(
            **UNLIMITED,
            **IMPATIENT,
            CLAPPER_OPERATOR__CHANNEL_ID=str(world.restricted.id),
        )
        await stage.discord.wait_ready(["video", "videos", "usage"], PATIENCE_S)
        await ask(stage, "a comet")
        await stage.discord.wait_until(
            lambda: any(one.method == "POST" for one in stage.evolink.requests),
            PATIENCE_S,
        )
        await asyncio.to_thread(bot.fill)

        await stage.discord.wait_for_message(
            world.restricted,
            lambda message: "no longer accepts our requests" in message.text,
            timeout_s=PATIENCE_S,
        )
        await stage.discord.wait_for_message(
            world.restricted,
            lambda message: "The disk of the database is full" in message.text,
            timeout_s=PATIENCE_S,
        )

        await asyncio.to_thread(os.unlink, bot.filler)
        await stage.discord.wait_for_message(
            world.restricted,
            lambda message: "The database works again" in message.text,
            timeout_s=PATIENCE_S,
        )
        told = [one.text for one in stage.discord.messages(world.restricted)]
        assert sum("no longer accepts" in one for one in told) == 1
        assert stage.evolink.paid_tasks == 0


async def health(port: int) -> tuple[int, bool]:
    status, body = await _get(port, "healthz")
    return status, json.loads(body)["database"]["ok"]


async def metrics(port: int) -> str:
    _, body = await _get(port, "metrics")
    return body


async def _get(port: int, path: str) -> tuple[int, str]:
    def get() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(get)
