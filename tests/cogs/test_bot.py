"""The bot's connection: logging in, staying connected, and what it registers."""

import asyncio

import pytest

from bot.errors import StartupError
from cogs.gateway import steady
from cogs.servers.membership import Membership
from sandbox.discord.faults import Fault, Trouble
from tests.cogs.stage import COMMANDS, Stage, eventually

GLOBAL_COMMANDS = r"/applications/\d+/commands"


def registrations(stage: Stage) -> int:
    return len(stage.discord.requests_to("PUT", GLOBAL_COMMANDS))


async def test_a_single_shard_begins_its_session_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no others to keep apart from."""
    monkeypatch.setattr(steady, "CONNECT_FOR_S", 3600.0)

    async with stage.running() as bot:
        assert bot.held_shards == {0}


async def test_commands_are_registered_only_when_they_changed(stage: Stage) -> None:
    async with stage.running():
        assert registrations(stage) == 1
    async with stage.running():
        assert registrations(stage) == 1


async def test_commands_that_were_changed_are_registered_anew(stage: Stage) -> None:
    async with stage.running() as bot:
        assert bot.application_id is not None
        await bot.http.bulk_upsert_global_commands(
            bot.application_id, [{"name": "old", "description": "Old.", "type": 1}]
        )
    async with stage.running():
        assert registrations(stage) == 3


async def test_a_bot_whose_commands_are_refused_still_starts(stage: Stage) -> None:
    async with stage.running():
        pass
    stage.discord.faults.add(Fault(method="GET", path=GLOBAL_COMMANDS, status=403))
    async with stage.running():
        handle = await stage.discord.slash(stage.member, stage.world.general, "usage")

        assert "2 of 5" in (await handle.answer()).text


async def test_a_wrong_token_is_one_sentence(stage: Stage) -> None:
    bot = await stage.new_bot()
    with pytest.raises(StartupError, match="Discord refused the bot token") as refusal:
        await bot.serve("not-the-token")
    await bot.close()

    assert "not-the-token" not in str(refusal.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="GET", path="/users/@me$", status=503, times=1),
        Fault(method="GET", path="/users/@me$", trouble=Trouble.RESET, times=1),
        Fault(method="GET", path="/applications/@me$", status=503, times=1),
        Fault(method="GET", path="/gateway/bot$", status=503, times=1),
        Fault(method="GET", path="/gateway/bot$", trouble=Trouble.RESET, times=1),
    ],
    ids=["login", "login reset", "application", "gateway", "gateway reset"],
)
async def test_the_bot_waits_for_a_discord_that_is_down(
    stage: Stage, fault: Fault
) -> None:
    stage.discord.faults.add(fault)
    async with stage.running() as bot:
        assert bot.user is not None
    assert fault.hits == 1


async def test_the_bot_can_be_stopped_while_it_waits(stage: Stage) -> None:
    fault = stage.discord.faults.add(Fault(path="/users/@me$", status=503))
    bot = await stage.new_bot()
    serving = asyncio.create_task(bot.serve(stage.discord.config.token), name="gateway")
    await stage.discord.wait_until(lambda: fault.hits > 0)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    await bot.close()


async def test_a_broken_connection_is_known_and_mended(stage: Stage) -> None:
    async with stage.running():
        await eventually(lambda: stage.gateway_is_up == [True])
        stage.discord.gateway.drop()
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == 1)
        await eventually(lambda: stage.gateway_is_up == [True, False, True])


async def test_a_lost_session_is_begun_anew_at_the_same_place(stage: Stage) -> None:
    """discord.py would dial the real Discord then."""
    async with stage.running() as bot:

        async def at_once(*_: object, **__: object) -> None:
            """Spare the test the pause that Discord asks for."""

        bot.before_identify_hook = at_once  # type: ignore[method-assign]
        stage.discord.gateway.invalidate(resumable=False)
        await stage.discord.wait_until(lambda: stage.discord.gateway.identifies == 2)


async def test_a_server_that_removes_us_is_told_of(stage: Stage) -> None:
    async with stage.running():
        guild = stage.world.guild
        stage.discord.world.set_unavailable(guild)
        stage.discord.world.announce_guild(guild)
        stage.discord.world.remove_bot(guild)
        await eventually(lambda: bool(stage.guilds_left))

        assert stage.guilds_left == [guild.id]


async def test_what_an_event_set_off_ends_before_the_bot_does(stage: Stage) -> None:
    """What it writes would find the database closed."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def on_guild_join(_: object) -> None:
        began.set()
        await asyncio.sleep(0.2)
        ended.set()

    async with stage.running() as bot:
        bot.add_listener(on_guild_join)
        bot.dispatch("guild_join", None)
        await began.wait()

    assert ended.is_set()


async def test_messages_are_not_even_asked_for(stage: Stage) -> None:
    async with stage.running() as bot:
        (session,) = stage.discord.gateway.sessions

        assert int(session.intents) == 1
        assert list(bot.cached_messages) == []
        assert {command.name for command in bot.tree.get_commands()} == set(COMMANDS)


async def test_a_token_revoked_while_running_is_one_sentence(stage: Stage) -> None:
    bot = await stage.new_bot()
    serving = asyncio.create_task(bot.serve(stage.discord.config.token), name="gateway")
    await stage.discord.wait_ready(COMMANDS)
    stage.discord.gateway.drop(4004)

    with pytest.raises(StartupError, match="Discord refused the bot token"):
        await asyncio.wait_for(serving, 20)


async def test_the_servers_we_are_in_are_told_at_the_start_and_when_one_joins(
    stage: Stage,
) -> None:
    """A server that is unavailable just now is not one that removed us."""
    world = stage.discord.world
    asleep = world.add_guild("Asleep", owner=stage.world.owner)
    world.set_unavailable(asleep)
    async with stage.running():
        await eventually(lambda: bool(stage.guilds_seen))
        assert set(stage.guilds_seen[0]) == {stage.world.guild.id, asleep.id}

        new = world.add_guild("New", owner=stage.world.owner)
        world.announce_guild(new)
        await eventually(lambda: any(new.id in seen for seen in stage.guilds_seen))


async def test_an_event_that_comes_with_the_end_tells_nobody(stage: Stage) -> None:
    """The listener has closed the database by then."""
    async with stage.running() as bot:
        await eventually(lambda: bool(stage.guilds_seen))
        membership = bot.get_cog("Membership")
    assert isinstance(membership, Membership)
    told = len(stage.guilds_seen)

    await membership.on_shard_known(0)

    assert len(stage.guilds_seen) == told
