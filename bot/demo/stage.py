"""Both stand-ins and the real bot between them, in a folder that goes away again.

The bot is the same program as in real life, a process of its own; only addresses and
keys are different.
"""

import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.bot_process import BotProcess
from sandbox.discord.config import SandboxConfig
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world
from sandbox.evolink import EvolinkConfig, EvolinkSandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything there is, open. The bot is not begun yet."""

    discord: DiscordSandbox
    evolink: EvolinkSandbox
    world: StandardWorld
    bot: BotProcess
    folder: Path


@asynccontextmanager
async def open_stage(
    discord_config: SandboxConfig | None = None,
    evolink_config: EvolinkConfig | None = None,
    folder: Path | None = None,
    *,
    make_bot: Callable[[dict[str, str], Path], BotProcess],
) -> AsyncGenerator[Stage]:
    """Open both stand-ins and lay out a bot; end and close all at the end.

    Without a `folder` a temporary one is made, and removed at the end.
    """
    own = folder is None
    home = Path(tempfile.mkdtemp(prefix="clapper-")) if folder is None else folder
    try:
        async with (
            DiscordSandbox(discord_config) as discord,
            EvolinkSandbox(evolink_config or EvolinkConfig()) as evolink,
        ):
            bot = make_bot(settings(discord, evolink, home), home / "clapper.log")
            stage = Stage(
                discord=discord,
                evolink=evolink,
                world=standard_world(discord.world),
                bot=bot,
                folder=home,
            )
            try:
                yield stage
            finally:
                await bot.stop()
    finally:
        if own:
            shutil.rmtree(home, ignore_errors=True)


def settings(
    discord: DiscordSandbox, evolink: EvolinkSandbox, folder: Path
) -> dict[str, str]:
    """Return the variables that point a bot at the stand-ins and at a folder."""
    return {
        "CLAPPER_DISCORD__TOKEN": discord.config.token,
        "CLAPPER_DISCORD__API_BASE": discord.rest_url,
        "CLAPPER_DISCORD__GATEWAY_URL": discord.gateway_url,
        "CLAPPER_EVOLINK__API_KEY": evolink.api_key,
        "CLAPPER_EVOLINK__BASE_URL": evolink.base_url,
        "CLAPPER_EVOLINK__FILES_URL": evolink.files_url,
        "CLAPPER_EVOLINK__ALLOW_PRIVATE_RESULT_HOSTS": "true",
        "CLAPPER_STORAGE__URL": f"sqlite:///{folder / 'clapper.db'}",
        "CLAPPER_STORAGE__SPOOL_DIR": str(folder / "spool"),
        "CLAPPER_STORAGE__BACKUP_DIR": str(folder / "backups"),
        "CLAPPER_HTTP__LISTEN": "",
        # A config.toml in the working directory is not meant for the demo.
        "CLAPPER_CONFIG": str(empty_config(folder)),
    }


def empty_config(folder: Path) -> Path:
    """Make a configuration file that sets nothing, and return where it lies."""
    path = folder / "empty.toml"
    path.write_text("", encoding="utf-8")
    return path
