"""The real program, as a process of its own, between the two stand-ins."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.evolink import EvolinkConfig
from tests.e2e.channel import PATIENCE_S
from tests.lives.forked import ForkedBot

OpenStage = Callable[..., Awaitable[Stage]]

QUICK_S = 1.0
"""How long a clip takes to make in these tests."""


UNLIMITED = {
    f"CLAPPER_QUOTAS__{who}_{window}": "-1"
    for who in ("SERVER", "SERVER_MOST", "MEMBER")
    for window in ("PER_DAY", "PER_MONTH", "AT_ONCE")
}
"""Limits have tests of their own; here they would only be in the way."""
IMPATIENT = {"CLAPPER_POLLING__MIN_INTERVAL_S": "0.2"}
"""Clips that are made in a second would else be waited for longer than that."""


def discord_config(**changes: Any) -> SandboxConfig:
    """Return a Discord that checks each body against the schema, if there is one.

    Bots that are begun again need not wait for their next session.
    """
    openapi = os.environ.get("DISCORD_OPENAPI")
    usual = SandboxConfig(
        openapi=Path(openapi) if openapi else None, identify_interval_s=0.0
    )
    return replace(usual, **changes)


def quick(**changes: Any) -> EvolinkConfig:
    """Return an EvoLink that makes clips in a second."""
    return EvolinkConfig(total_s=QUICK_S, estimated_time_s=int(QUICK_S), **changes)


@pytest.fixture
async def open_world(tmp_path: Path, zygote_path: Path) -> AsyncGenerator[OpenStage]:
    """Open stages with bots that are ready; in the end nothing may have been wrong."""
    async with AsyncExitStack() as stack:
        stages: list[Stage] = []

        async def opened(
            evolink: EvolinkConfig | None = None,
            discord: SandboxConfig | None = None,
            *,
            start: bool = True,
            **settings: str,
        ) -> Stage:
            folder = tmp_path / str(len(stages))
            folder.mkdir()
            stage = await stack.enter_async_context(
                open_stage(
                    discord or discord_config(),
                    evolink or quick(),
                    folder,
                    make_bot=partial(ForkedBot, zygote_path),
                )
            )
            stages.append(stage)
            if start:
                await stage.bot.start(**{**UNLIMITED, **IMPATIENT, **settings})
                await stage.discord.wait_ready(["video", "videos", "usage"], PATIENCE_S)
            return stage

        yield opened
        for stage in stages:
            assert stage.discord.violations == []
            assert "Traceback (most recent" not in stage.bot.log()


@pytest.fixture
async def stage(open_world: OpenStage) -> Stage:
    """The usual case: everything answers, and clips are made in a second."""
    return await open_world()
