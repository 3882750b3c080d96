"""Settings are stored and shown, whatever Discord says of the channels they name."""

from collections.abc import AsyncGenerator

import pytest

from bot.clock import SystemClock
from bot.ids import GuildId
from bot.moderation.administration import Moderation
from bot.moderation.blocks import Blocks
from bot.moderation.history import History
from bot.moderation.model_settings import ModelSettings
from cogs.bot import ClapperBot
from cogs.moderation.commands import ModerationCommands
from cogs.wire.channels import DiscordChannels
from sandbox.discord.faults import Fault, Trouble
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.store import SqlModerationStore
from tests.cogs.stage import PATIENCE_S, Stage
from tests.offers import PLAIN


@pytest.fixture
def settings(stage: Stage) -> SqlModerationStore:
    return SqlModerationStore(stage.database)


@pytest.fixture
async def moderated(
    stage: Stage, bot: ClapperBot, settings: SqlModerationStore
) -> AsyncGenerator[None]:
    """Let the bot take `/moderation`, and read servers as another process would."""
    clock = SystemClock()
    elsewhere = await stage.new_bot()
    await elsewhere.login(stage.discord.config.token)
    commands = ModerationCommands(
        Moderation(settings, clock),
        Blocks(settings, clock),
        History(SqlAuditTrail(stage.database), clock),
        DiscordChannels(elsewhere.wire, elsewhere.servers),
        stage.texts,
        models=ModelSettings(settings, PLAIN, clock),
        offer=PLAIN,
    )
    await bot.add_cog(commands)
    await bot.registration.run_once()
    await stage.discord.wait_ready(["moderation"])
    yield
    await elsewhere.http.close()


@pytest.mark.thorough
@pytest.mark.usefixtures("moderated")
@pytest.mark.parametrize(
    "trouble",
    [{"status": 503}, {"trouble": Trouble.HANG}],
    ids=["down", "silent"],
)
async def test_a_stored_change_is_shown_although_discord_says_nothing_of_the_channel(
    stage: Stage,
    settings: SqlModerationStore,
    monkeypatch: pytest.MonkeyPatch,
    trouble: dict[str, int | Trouble],
) -> None:
    monkeypatch.setattr("cogs.moderation.commands.WARN_WITHIN_S", 0.5)
    world = stage.world
    stage.discord.faults.add(Fault(path=r"/guilds/\d+", **trouble))  # type: ignore[arg-type]

    handle = await stage.discord.slash(
        world.owner,
        world.log,
        "moderation channel",
        {"purpose": "log", "channel": world.log},
    )
    answer = await handle.answer(timeout_s=PATIENCE_S)

    stored = await settings.settings(GuildId(world.guild.id))
    assert stored.log_channel_id == world.log.id
    assert f"<#{world.log.id}>" in answer.text
