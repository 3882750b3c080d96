"""What Discord refuses is told apart: final, too large, or worth another try."""

from pathlib import Path

import pytest

from bot import errors
from bot.ids import GuildId
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.permissions import EVERYONE, Permission
from tests.cogs.stage import UPLOAD_LIMIT_BYTES, Stage, until
from tests.cogs.wire.paths import MESSAGES

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "missing",
    [
        Permission.VIEW_CHANNEL,
        Permission.SEND_MESSAGES,
        Permission.ATTACH_FILES,
    ],
)
async def test_a_missing_permission_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path, missing: Permission
) -> None:
    stage.discord.world.set_bot_permissions(stage.world.guild, EVERYONE & ~missing)

    with pytest.raises(errors.PlaceForbidden):
        await messenger.post_clip(stage.job(), clip)


async def test_a_closed_thread_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    thread = stage.world.general_thread
    stage.discord.world.set_archived(thread, archived=True, locked=True)

    with pytest.raises(errors.PlaceForbidden):
        await messenger.post_clip(stage.job(thread), clip)


async def test_a_channel_that_is_gone_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job()
    stage.discord.world.delete_channel(stage.world.general)

    with pytest.raises(errors.PlaceGone):
        await messenger.post_clip(job, clip)


async def test_a_file_that_is_too_large_is_known(
    stage: Stage, messenger: DiscordMessenger, tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(b"x" * (UPLOAD_LIMIT_BYTES + 1))

    with pytest.raises(errors.FileTooLarge):
        await messenger.post_clip(stage.job(), large)


async def test_a_filter_of_the_server_is_known(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    stage.discord.faults.add(
        Fault(method="POST", path=MESSAGES, status=400, code=200000, times=1)
    )

    with pytest.raises(errors.MessageBlocked):
        await messenger.post_clip(stage.job(), clip)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", path=MESSAGES, status=503),
        Fault(method="POST", path=MESSAGES, trouble=Trouble.RESET),
        Fault(method="POST", path=MESSAGES, trouble=Trouble.HTML, status=503),
    ],
    ids=["503", "reset", "a proxy's page"],
)
async def test_an_outage_is_worth_another_try(
    stage: Stage, messenger: DiscordMessenger, clip: Path, fault: Fault
) -> None:
    stage.discord.faults.add(fault)
    with pytest.raises(errors.MessengerDown):
        await messenger.post_clip(stage.job(), clip)
    stage.discord.faults.clear(fault)

    await messenger.post_clip(stage.job(), clip)


async def test_boosts_raise_the_limit_for_files(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    guild = stage.world.guild

    async def limit_is(mib: int) -> bool:
        return await messenger.upload_limit_bytes(GuildId(guild.id)) == mib * MIB

    for tier in (0, 1):
        stage.discord.world.set_boost_tier(guild, tier)
        assert await limit_is(20)
    # The news takes its way through the gateway.
    stage.discord.world.set_boost_tier(guild, 2)
    await until(lambda: limit_is(50))
    stage.discord.world.set_boost_tier(guild, 3)
    await until(lambda: limit_is(100))
    assert await messenger.upload_limit_bytes(GuildId(1)) == UPLOAD_LIMIT_BYTES


async def test_before_the_login_nothing_can_be_said(stage: Stage, clip: Path) -> None:
    messenger = stage.messenger(await stage.new_bot())

    with pytest.raises(errors.MessengerDown, match="not logged in"):
        await messenger.post_clip(stage.job(), clip)
