"""A bot that is connected to the stand-in for Discord."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.texts import Texts
from cogs import bot as discord_bot
from cogs.bot import ClapperBot
from cogs.gateway import steady
from cogs.gateway.frames import read_json
from cogs.private_api import json_read_by
from cogs.wire.endpoints import rest_base
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.config import SandboxConfig
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from storage.database.engine import Database
from tests.cogs.stage import Stage
from tests.languages import strict_texts


@pytest.fixture(scope="session")
def texts() -> Texts:
    return strict_texts()


@pytest.fixture(autouse=True)
def _nobody_waits_for_distant_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a bot the waits that a Discord on loopback does not need."""
    monkeypatch.setattr(discord_bot, "SERVERS_KNOWN_AFTER_S", 0.1)
    monkeypatch.setattr(steady, "CONNECT_FOR_S", 0.05)


@pytest.fixture
def discord_config() -> SandboxConfig:
    """A Discord where bots that are begun again need not wait for their session."""
    return SandboxConfig(identify_interval_s=0.0)


@pytest.fixture
async def stage(
    texts: Texts, database: Database, discord_config: SandboxConfig, tmp_path: Path
) -> AsyncGenerator[Stage]:
    async with DiscordSandbox(discord_config) as discord:
        # Nobody is late on a machine that is busy; who wants to be moves the clock.
        discord.clock.stop()
        world = standard_world(discord.world)
        with rest_base(discord.rest_url), json_read_by(read_json):
            yield Stage(
                discord=discord,
                world=world,
                texts=texts,
                database=database,
                folder=tmp_path,
            )
        assert discord.violations == []


@pytest.fixture
async def bot(stage: Stage) -> AsyncGenerator[ClapperBot]:
    async with stage.running() as bot:
        yield bot


@pytest.fixture
def messenger(stage: Stage, bot: ClapperBot) -> DiscordMessenger:
    return stage.messenger(bot)
