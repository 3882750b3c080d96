"""Without PyAV the program does everything but what needs it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import IMPATIENT, discord_config, quick

NO_PYAV = 'import sys\nsys.modules["av"] = None\n'
"""What Python runs at its start: as if PyAV were not installed."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    (tmp_path / "sitecustomize.py").write_text(NO_PYAV, encoding="utf-8")
    async with open_stage(
        discord_config(), quick(), tmp_path, make_bot=BotProcess
    ) as stage:
        await stage.bot.start(PYTHONPATH=str(tmp_path), **IMPATIENT)
        await stage.discord.wait_ready(["video", "videos"], PATIENCE_S)
        yield stage


@pytest.mark.thorough
async def test_clips_are_posted_but_none_is_made_smaller_or_continued(
    stage: Stage,
) -> None:
    await ask(stage, "A lighthouse")
    (clip,) = await posts(stage, 1)
    await ask(stage, "[[clip:oversize:22020096]]")
    (link,) = (one for one in await posts(stage, 2) if one is not clip)

    assert len(clip.videos) == 1
    assert "Continue" not in {one.label for one in clip.buttons}
    assert link.videos == []
    assert "too large to upload" in link.text
    assert stage.evolink.results_url in str(link.now)
    assert stage.discord.violations == []
    assert "Traceback" not in stage.bot.log()
