"""The gateway, frame by frame."""

import aiohttp
import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.dispatches import Intent
from sandbox.discord.permissions import Permission
from sandbox.discord.records import NsfwLevel
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world
from tests.sandbox.discord.client import Rest, Socket
from tests.sandbox.discord.conftest import Connect

GUILDS_AND_MESSAGES = 1 | 1 << 9


async def test_a_heartbeat_is_acknowledged_at_any_time(connect: Connect) -> None:
    socket = await connect()

    await socket.send(1, None)

    assert (await socket.next())["op"] == 11


async def test_who_identifies_learns_everything(
    service: DiscordSandbox, place: StandardWorld, connect: Connect
) -> None:
    socket = await connect()
    await socket.identify(service.config.token)

    ready = await socket.event("READY")
    guild = await socket.event("GUILD_CREATE")

    assert ready["shard"] == [0, 1]
    assert ready["resume_gateway_url"] == service.gateway_url
    assert ready["guilds"] == [{"id": str(place.guild.id), "unavailable": True}]
    assert {one["name"] for one in guild["channels"]} >= {"general", "after-dark"}
    assert len(guild["threads"]) == 2
    [me] = guild["members"]
    assert me["user"]["id"] == str(service.world.bot.id)
    everyone = next(one for one in guild["roles"] if one["id"] == guild["id"])
    assert everyone["name"] == "@everyone"
    assert service.gateway.identifies == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ((2, {"token": "wrong", "intents": 1}), 4004),
        ((2, {"token": "sandbox-bot-token", "intents": 1 << 15}), 4014),
        ((2, {"token": "sandbox-bot-token", "intents": 1 << 1}), 4014),
        ((2, {"token": "sandbox-bot-token", "intents": 1, "shard": [1, 1]}), 4010),
        ((6, {"token": "wrong", "session_id": "x", "seq": 1}), 4004),
        ((8, {"guild_id": "1"}), 4003),
        ((99, None), 4001),
    ],
)
async def test_who_is_not_welcome_is_told_by_a_code(
    connect: Connect, frame: tuple[int, object], code: int
) -> None:
    socket = await connect()

    await socket.send(*frame)

    assert await socket.close_code() == code


async def test_nobody_identifies_twice(bot: Socket, service: DiscordSandbox) -> None:
    await bot.identify(service.config.token)

    assert await bot.close_code() == 4005


async def test_who_talks_too_much_is_cut_off(connect: Connect) -> None:
    socket = await connect()

    for _ in range(121):
        await socket.send(1, None)

    assert await socket.close_code() == 4008


async def test_granted_intents_may_be_asked_for(
    session: aiohttp.ClientSession,
) -> None:
    config = SandboxConfig(granted_intents=Intent.MESSAGE_CONTENT)
    async with DiscordSandbox(config) as service:
        place = standard_world(service.world)
        socket = Socket(await session.ws_connect(service.gateway_url))
        await socket.identify(config.token, GUILDS_AND_MESSAGES | 1 << 15)
        await socket.event("GUILD_CREATE")

        service.say(place.member, place.general, "read this")

        assert (await socket.event("MESSAGE_CREATE"))["content"] == "read this"
        await socket.close()


async def test_the_bot_hears_only_what_it_asked_for(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, connect: Connect
) -> None:
    curious = await connect()
    await curious.identify(service.config.token, GUILDS_AND_MESSAGES)
    await curious.event("GUILD_CREATE")
    blind = await connect()
    await blind.identify(service.config.token, 0)
    await blind.event("READY")

    service.say(place.member, place.general, "hello")
    service.world.rename_channel(place.general, "talk")

    assert (await bot.next())["t"] == "CHANNEL_UPDATE"
    heard = await curious.next()
    assert (heard["t"], heard["d"]["content"]) == ("MESSAGE_CREATE", "")
    await service.slash(place.member, place.general, "video", {"prompt": "x"})
    assert (await blind.next())["t"] == "INTERACTION_CREATE"


async def test_changes_of_the_world_are_told(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    world, guild = service.world, place.guild

    world.set_nsfw_level(guild, NsfwLevel.EXPLICIT)
    world.set_nsfw(place.restricted, nsfw=False)
    world.set_archived(place.general_thread, archived=True)
    role = world.add_role(guild, "New")
    world.set_role_permissions(guild, role, Permission.MANAGE_GUILD)
    world.set_roles(guild, world.bot, [role])
    world.delete_role(guild, role)
    world.delete_channel(place.general)
    added = world.add_channel(guild, "fresh")
    world.remove_bot(guild)

    frames = [await bot.next() for _ in range(11)]
    assert [frame["t"] for frame in frames] == [
        "GUILD_UPDATE",
        "CHANNEL_UPDATE",
        "THREAD_UPDATE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_UPDATE",
        "GUILD_MEMBER_UPDATE",
        "GUILD_ROLE_DELETE",
        "THREAD_DELETE",
        "CHANNEL_DELETE",
        "CHANNEL_CREATE",
        "GUILD_DELETE",
    ]
    assert frames[0]["d"]["nsfw_level"] == 1
    assert frames[1]["d"]["nsfw"] is False
    assert frames[9]["d"]["id"] == str(added.id)
    assert "unavailable" not in frames[10]["d"]


async def test_an_outage_of_a_server_is_no_removal(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    service.world.set_unavailable(place.guild)
    service.world.announce_guild(place.guild)

    assert (await bot.event("GUILD_DELETE"))["unavailable"] is True
    assert (await bot.event("GUILD_CREATE"))["id"] == str(place.guild.id)


async def test_what_was_missed_is_told_again(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, connect: Connect
) -> None:
    service.gateway.drop(4000)
    assert await bot.close_code() == 4000
    await service.wait_until(lambda: not service.gateway.is_ready)
    await service.slash(place.member, place.general, "video", {"prompt": "missed"})

    back = await connect()
    await back.resume(service.config.token, bot.session_id, bot.sequence)

    missed = await back.next()
    assert missed["t"] == "INTERACTION_CREATE"
    assert missed["s"] == (bot.sequence or 0) + 1
    resumed = await back.next()
    assert (resumed["t"], resumed["d"]) == ("RESUMED", {})
    assert service.gateway.resumes == 1


async def test_a_session_taken_over_leaves_the_old_connection(
    service: DiscordSandbox, bot: Socket, connect: Connect
) -> None:
    back = await connect()

    await back.resume(service.config.token, bot.session_id, bot.sequence)

    assert (await back.next())["t"] == "RESUMED"
    assert await bot.close_code() == 4000
    assert service.gateway.is_ready


async def test_an_unknown_session_has_to_identify_anew(
    service: DiscordSandbox, bot: Socket, connect: Connect
) -> None:
    service.gateway.forget_sessions()
    back = await connect()

    await back.resume(service.config.token, bot.session_id, bot.sequence)

    assert (await back.frame(9))["d"] is False
    await back.identify(service.config.token)
    await back.event("READY")


async def test_a_clean_goodbye_ends_the_session(
    service: DiscordSandbox, bot: Socket, connect: Connect
) -> None:
    await bot.close(1000)
    await service.wait_until(lambda: service.gateway.sessions == [])
    back = await connect()

    await back.resume(service.config.token, bot.session_id, bot.sequence)

    assert (await back.frame(9))["d"] is False


async def test_a_sequence_from_the_future_ends_the_session(
    service: DiscordSandbox, bot: Socket, connect: Connect
) -> None:
    await bot.close(4000)
    back = await connect()

    await back.resume(service.config.token, bot.session_id, 1_000_000)

    assert await back.close_code() == 4007


async def test_clients_are_asked_to_reconnect(
    service: DiscordSandbox, bot: Socket
) -> None:
    service.gateway.ask_to_reconnect()

    assert (await bot.frame(7))["d"] is None


@pytest.mark.parametrize("resumable", [True, False])
async def test_sessions_are_declared_invalid(
    service: DiscordSandbox, bot: Socket, *, resumable: bool
) -> None:
    service.gateway.invalidate(resumable=resumable)

    assert (await bot.frame(9))["d"] is resumable
    assert bool(service.gateway.sessions) is resumable


async def test_a_connection_breaks_without_a_word(
    service: DiscordSandbox, bot: Socket
) -> None:
    service.gateway.drop()

    assert await bot.close_code() == 1006
    await service.wait_until(lambda: not service.gateway.is_ready)


async def test_a_gateway_that_is_down_refuses(
    service: DiscordSandbox, connect: Connect
) -> None:
    service.gateway.accepts = False

    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect()

    assert refused.value.status == 503


async def test_each_shard_hears_of_its_own_servers(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, connect: Connect
) -> None:
    mine = (place.guild.id >> 22) % 2
    shards = []
    for number in range(2):
        socket = await connect()
        await socket.identify(service.config.token, shard=[number, 2])
        shards.append((await socket.event("READY"), socket))

    assert shards[mine][0]["guilds"] != []
    assert shards[1 - mine][0]["guilds"] == []
    assert bot.session_id


async def test_members_are_told_when_asked_for(
    place: StandardWorld, bot: Socket
) -> None:
    asked = {
        "guild_id": str(place.guild.id),
        "user_ids": [str(place.member.id), "1"],
        "nonce": "n",
    }

    await bot.send(8, asked)

    chunk = await bot.event("GUILD_MEMBERS_CHUNK")
    assert [one["user"]["username"] for one in chunk["members"]] == ["mia"]
    assert chunk["nonce"] == "n"


async def test_an_interaction_reaches_nobody_while_nobody_is_there(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = f"/applications/{service.world.bot.id}/commands"
    await rest.post(path, {"name": "ping", "description": "x"})

    handle = await service.slash(place.member, place.general, "ping")
    service.clock.advance(service.config.ack_window_s)

    assert handle.failed
