"""The real program, more than once on one server."""

from pathlib import Path

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
