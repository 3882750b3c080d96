"""Several gateway sessions of one token: each with its shard, and begun in turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp
import pytest

from sandbox.discord import gateway_reception
from sandbox.discord.records import Guild
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.sharding import shard_of
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest, Socket
from tests.sandbox.discord.conftest import CONFIG, Connect

SHARDS = 4
INTERVAL_S = 3.0
"""Between two sessions of one bucket, in the test that is about it."""


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(replace(CONFIG, shards=SHARDS)) as discord:
        yield discord


@pytest.fixture
def guilds(service: DiscordSandbox, place: StandardWorld) -> list[Guild]:
    """Two servers for each shard, the shards in turn; the first is the usual one."""
    more = range(2 * SHARDS - 1)
    added = [service.world.add_guild(f"Club {one}", owner=place.owner) for one in more]
    return [place.guild, *added]


async def identified(
    service: DiscordSandbox, connect: Connect, shard: int, count: int = SHARDS
) -> Socket:
    socket, before = await connect(), service.gateway.identifies
    await socket.identify(service.config.token, shard=[shard, count])
    await service.wait_until(lambda: service.gateway.identifies > before)
    return socket


async def ping(service: DiscordSandbox, rest: Rest) -> None:
    path = f"/applications/{service.world.bot.id}/commands"
    await rest.post(path, {"name": "ping", "description": "x"})


async def press(service: DiscordSandbox, guild: Guild) -> int:
    """Let the owner of a server type the command; return the interaction's id."""
    world = service.world
    channel = world.add_channel(guild, "talk")
    owner = world.users[guild.owner_id]
    return (await service.slash(owner, channel, "ping")).interaction.id


async def test_the_gateway_recommends_shards(rest: Rest) -> None:
    told = (await rest.get("/gateway/bot")).body

    assert told["shards"] == SHARDS
    assert told["session_start_limit"]["max_concurrency"] == 1


async def test_servers_are_spread_over_the_shards_in_turn(guilds: list[Guild]) -> None:
    first = shard_of(guilds[0].id, SHARDS)

    turns = [(shard_of(one.id, SHARDS) - first) % SHARDS for one in guilds]

    assert turns == [0, 1, 2, 3, 0, 1, 2, 3]


async def test_a_server_founded_later_is_on_the_next_shard(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    service.clock.advance(1234.567)

    later = service.world.add_guild("Later", owner=place.owner)

    assert shard_of(later.id, SHARDS) == (shard_of(place.guild.id, SHARDS) + 1) % SHARDS
    assert later.id > place.guild.id


async def test_each_shard_is_told_of_its_own_servers_and_their_events(
    service: DiscordSandbox, guilds: list[Guild], rest: Rest, connect: Connect
) -> None:
    await ping(service, rest)
    sockets = [await identified(service, connect, number) for number in range(SHARDS)]
    readies = [await one.event("READY") for one in sockets]

    opened = [await press(service, guild) for guild in guilds]

    for number, (socket, ready) in enumerate(zip(sockets, readies, strict=True)):
        mine = [one for one in guilds if shard_of(one.id, SHARDS) == number]
        assert ready["shard"] == [number, SHARDS]
        assert {one["id"] for one in ready["guilds"]} == {str(one.id) for one in mine}
        heard = [await socket.event("INTERACTION_CREATE") for _ in mine]
        assert [one["guild_id"] for one in heard] == [str(one.id) for one in mine]
        assert {int(one["id"]) for one in heard} <= set(opened)


async def test_direct_conversations_are_told_to_the_first_shard(
    service: DiscordSandbox, place: StandardWorld, connect: Connect
) -> None:
    socket = await connect()
    intents = 1 << 12
    await socket.identify(service.config.token, intents, shard=[0, SHARDS])
    await socket.event("READY")

    service.say(place.member, service.world.dm_with(place.member), "hello")

    assert (await socket.event("MESSAGE_CREATE"))["author"]["id"] == str(
        place.member.id
    )


async def test_two_sessions_of_one_shard_are_both_told(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, connect: Connect
) -> None:
    """Nothing at Discord keeps a bot from answering twice."""
    await ping(service, rest)
    mine = shard_of(place.guild.id, SHARDS)
    twins = [await identified(service, connect, mine) for _ in range(2)]
    for one in twins:
        await one.event("GUILD_CREATE")

    opened = await press(service, place.guild)

    heard = [await one.event("INTERACTION_CREATE") for one in twins]
    assert [int(one["id"]) for one in heard] == [opened, opened]
    assert len({one.session_id for one in twins}) == 2


async def test_a_bucket_lets_one_session_begin_in_a_while(
    session: aiohttp.ClientSession,
) -> None:
    """The buckets are by shard, over all connections of the token."""
    config = replace(
        CONFIG, shards=SHARDS, max_concurrency=2, identify_interval_s=INTERVAL_S
    )
    async with DiscordSandbox(config) as service, AsyncExitStack() as stack:

        async def begin(shard: int) -> Socket:
            socket = Socket(await session.ws_connect(service.gateway_url))
            stack.push_async_callback(socket.close)
            await socket.identify(config.token, shard=[shard, SHARDS])
            return socket

        first, other_bucket, same_bucket = [await begin(one) for one in (0, 1, 2)]

        assert (await first.event("READY"))["shard"] == [0, SHARDS]
        assert (await other_bucket.event("READY"))["shard"] == [1, SHARDS]
        assert (await same_bucket.frame(9))["d"] is False
        await same_bucket.identify(config.token, shard=[2, SHARDS])
        assert (await same_bucket.frame(9))["d"] is False
        await asyncio.sleep(INTERVAL_S)
        await same_bucket.identify(config.token, shard=[2, SHARDS])
        assert (await same_bucket.event("READY"))["shard"] == [2, SHARDS]
        assert service.gateway.identifies == 5
        assert service.gateway.hasty_identifies == 2


async def test_resuming_waits_for_no_bucket_and_costs_no_session(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, connect: Connect
) -> None:
    await ping(service, rest)
    mine = shard_of(place.guild.id, SHARDS)
    gone = await identified(service, connect, mine)
    await gone.event("GUILD_CREATE")
    left = (await rest.get("/gateway/bot")).body["session_start_limit"]["remaining"]
    await gone.close(4000)
    await service.wait_until(lambda: not service.gateway.connected_shards)
    opened = await press(service, place.guild)

    heir = await connect()
    await heir.resume(service.config.token, gone.session_id, gone.sequence)

    assert int((await heir.event("INTERACTION_CREATE"))["id"]) == opened
    await heir.event("RESUMED")
    assert service.gateway.connected_shards == {(mine, SHARDS)}
    limits = (await rest.get("/gateway/bot")).body["session_start_limit"]
    assert limits["remaining"] == left


async def test_a_session_is_gone_when_nobody_came_back_for_it(
    service: DiscordSandbox, connect: Connect
) -> None:
    gone = await identified(service, connect, 0)
    await gone.event("READY")
    await gone.close(4000)
    await service.wait_until(lambda: not service.gateway.connected_shards)
    service.clock.advance(service.config.resume_window_s)

    heir = await connect()
    await heir.resume(service.config.token, gone.session_id, gone.sequence)

    assert (await heir.frame(9))["d"] is False
    assert service.gateway.sessions == []


@pytest.mark.parametrize(
    ("code", "resumable"),
    [
        *((code, True) for code in (4000, 4001, 4002, 4003, 4005, 4008)),
        *((code, False) for code in (4004, 4007, 4009)),
        *((code, False) for code in range(4010, 4015)),
    ],
)
async def test_a_close_code_says_whether_the_session_goes_on(
    service: DiscordSandbox, connect: Connect, code: int, *, resumable: bool
) -> None:
    socket = await identified(service, connect, 0)
    await socket.event("READY")

    service.gateway.drop(code)

    assert await socket.close_code() == code
    heir = await connect()
    await heir.resume(service.config.token, socket.session_id, socket.sequence)
    answer: Json = await heir.next()
    assert (answer["t"], answer["op"]) == (("RESUMED", 0) if resumable else (None, 9))


async def test_who_begins_too_many_sessions_loses_all_of_them(
    service: DiscordSandbox, connect: Connect
) -> None:
    service.gateway.limits.leave(1)
    first = await identified(service, connect, 0)
    await first.event("READY")

    await identified(service, connect, 1)

    assert await first.close_code() == 4004
    assert service.gateway.sessions == []


async def test_a_bot_is_ready_when_every_shard_is_connected(
    service: DiscordSandbox, connect: Connect
) -> None:
    for number in range(SHARDS):
        assert not service.gateway.is_ready
        socket = await identified(service, connect, number)
        await socket.event("READY")

    assert service.gateway.is_ready
    assert service.gateway.connected_shards == {(one, SHARDS) for one in range(SHARDS)}


async def test_a_shard_with_too_many_servers_is_refused(
    service: DiscordSandbox,
    guilds: list[Guild],
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway_reception, "GUILDS_PER_SHARD", len(guilds) // SHARDS)
    enough = await identified(service, connect, 0)
    assert await enough.event("READY")

    too_few = await identified(service, connect, 1, count=2)

    assert await too_few.close_code() == 4011
