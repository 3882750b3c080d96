"""Alerts about the disk, the database and its copies, caused on the real process."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from tests.crash.test_callbacks_at_work import config, free_port, listening
from tests.e2e.channel import PATIENCE_S, ask
from tests.e2e.conftest import OpenStage, discord_config, quick
from tests.e2e.test_storage_trouble import BotOnSmallDisk, file_of
from tests.monitoring.promtool import needs_promtool
from tests.monitoring.recording import Recording
from tests.monitoring.trouble import healthy, listen_at, logged, until
from tests.storage.trouble import SMALL_DISK, can_mount, held

pytestmark = [needs_promtool, pytest.mark.thorough]
needs_mounts = pytest.mark.skipif(
    not can_mount(), reason="this machine lets nobody mount a disk"
)
MIB = 1024 * 1024
DAYS_MIN = 4 * 24 * 60


class BotOnLargerDisk(BotOnSmallDisk):
    """Sees a disk of its own that is large enough, until somebody fills it."""

    size = "600m"

    def fill(self) -> None:
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 150 * MIB)


@needs_mounts
async def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    """150 of 600 MiB are taken. Stretched: each scrape stands for a minute."""
    port = free_port()
    async with open_stage(
        discord_config(), quick(), tmp_path, make_bot=BotOnLargerDisk
    ) as stage:
        bot = stage.bot
        assert isinstance(bot, BotOnLargerDisk)
        await bot.start(**listen_at(port))
        await healthy(port)
        recorded = Recording(ports={"a": port}, folder=tmp_path)
        await recorded.scrape(3)
        recorded.assert_firing()

        bot.fill()
        await recorded.scrape(12)
        recorded.assert_firing("ClapperDiskFull")


async def test_callbacks_that_come_while_the_database_is_held(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """EvoLink's own callback, repeated ten times.

    Stretched: each scrape stands for a minute.
    """
    port = free_port()
    stage = await open_world(config(total_s=600), **listening(port))
    await healthy(port)
    recorded = Recording(ports={"a": port}, folder=tmp_path)
    await ask(stage, "a fox")
    await until(lambda: stage.evolink.paid_tasks == 1)
    (task,) = stage.evolink.tasks.values()
    await recorded.scrape(3)
    recorded.assert_firing()

    async def call_back(session: aiohttp.ClientSession) -> int:
        async with session.post(str(task.order.callback_url), data=b"{}") as answer:
            return answer.status

    with held(file_of(stage)):
        async with aiohttp.ClientSession() as session:
            answers = await asyncio.gather(*(call_back(session) for _ in range(10)))
    await recorded.scrape(2)

    assert answers == [503] * 10
    recorded.assert_firing("ClapperCallbacksFail")


class BotWithOldCopy(BotProcess):
    """Finds a copy of three days ago, and no room for another, once it is told to."""

    old: datetime | None = None

    def __init__(self, settings: Mapping[str, str], log_file: Path) -> None:
        super().__init__(settings, log_file)
        self._folder = Path(self.settings["CLAPPER_STORAGE__BACKUP_DIR"])
        self._folder.mkdir()

    def command(self) -> tuple[str, ...]:
        if self.old is None:
            return super().command()
        copy = self._folder / f"clapper-{self.old:%Y%m%dT%H%M%SZ}.db"
        prepare = f"mount -t tmpfs -o size=64k none {self._folder} && touch {copy}"
        return (*SMALL_DISK, f"{prepare} && exec {sys.executable} -m bot run")


@needs_mounts
@pytest.mark.lengthy
@pytest.mark.timeout(400)
async def test_copies_that_can_no_longer_be_made(tmp_path: Path) -> None:
    """The newest is three days old, and the disk of the copies is full.

    Stretched: each scrape stands for ten minutes. The age of the copy is its file's
    name, which the test has written; the process began to look a minute after its
    start, as it does.
    """
    port = free_port()
    async with open_stage(
        discord_config(), quick(), tmp_path, make_bot=BotWithOldCopy
    ) as stage:
        bot = stage.bot
        assert isinstance(bot, BotWithOldCopy)
        await bot.start(**listen_at(port))
        await healthy(port)
        recorded = Recording(
            ports={"a": port}, folder=tmp_path, minutes_each=10, quiet_min=DAYS_MIN
        )
        await recorded.scrape(2)
        recorded.assert_firing()

        await bot.stop()
        bot.old = datetime.now(UTC) - timedelta(days=3)
        await bot.start(**listen_at(port))
        await logged(stage, "backup-failed", 2 * PATIENCE_S)
        await recorded.scrape()
        recorded.assert_firing("ClapperNeedsSomebody")
        await recorded.scrape(7)
        recorded.assert_firing("ClapperNoBackup")
