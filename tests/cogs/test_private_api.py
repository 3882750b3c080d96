"""What we reach for inside discord.py is where it was, and does what it did."""

import asyncio
import inspect
import time

import aiohttp
import discord
import pytest
from discord import gateway, http, shard, state, utils
from discord.gateway import DiscordWebSocket
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.processes.shards import ShardLease
from cogs import private_api
from cogs.gateway.frames import read_json
from tests.cogs.payloads import make_interaction
from tests.cogs.stage import Stage, eventually


def test_json_is_read_at_one_place_for_the_gateway_and_for_rest() -> None:
    assert "utils._from_json(msg)" in inspect.getsource(
        DiscordWebSocket.received_message
    )
    assert "utils._from_json(text)" in inspect.getsource(http.json_or_text)
    before = utils._from_json
    with pytest.raises(ValueError, match="surrogate"):
        before('"\\ud83d"')

    with private_api.json_read_by(read_json):
        assert utils._from_json('["\\ud83d", 1]') == ["\ufffd", 1]
        frame = {"op": 0}
        assert utils._from_json(frame) is frame  # type: ignore[arg-type]

    assert utils._from_json is before


def test_each_connection_tells_the_state_of_its_client_before_it_receives() -> None:
    source = inspect.getsource(DiscordWebSocket.from_client.__func__)  # type: ignore[attr-defined]

    assert source.index("_update_references(ws)") < source.index("ws.poll_event()")
    assert source.index("ws.poll_event()") < source.index("ws.identify()")
    assert inspect.signature(state.ConnectionState._update_references).parameters.keys()


def test_a_connection_is_used_by_the_names_that_are_wrapped() -> None:
    poll = inspect.getsource(DiscordWebSocket.poll_event)
    assert poll.count("self.received_message(msg.data)") == 2
    beats = inspect.getsource(gateway.KeepAliveHandler)
    assert "self.ws.send_heartbeat(data)" in beats
    assert "self.latency = ack_time - self._last_send" in beats


def test_a_client_finds_its_shards_where_ours_are_put() -> None:
    lists = inspect.getsource(discord.AutoShardedClient.shards.fget)  # type: ignore[attr-defined]
    assert "self.__shards.items()" in lists
    assert "self._parent.ws.open" not in inspect.getsource(shard.ShardInfo.__init__)
    assert "parent.id" in inspect.getsource(shard.ShardInfo.__init__)
    closes = inspect.getsource(discord.AutoShardedClient.close)
    assert "shard.close()" in closes


def test_readiness_of_a_shard_is_told_by_a_task_of_its_own() -> None:
    """And that of all never, where the client was told of no shard."""
    parse = inspect.getsource(state.AutoShardedConnectionState.parse_ready)
    assert "len(self._ready_tasks) == len(self.shard_ids)" in parse
    assert "self._ready_states[shard_id] = asyncio.Queue()" in parse
    delay = inspect.getsource(state.AutoShardedConnectionState._delay_shard_ready)
    assert "self.dispatch('shard_ready', shard_id)" in delay
    ready = inspect.getsource(state.AutoShardedConnectionState._delay_ready)
    assert "self.call_handlers('ready')" in ready


def test_a_connection_goes_on_with_the_session_that_it_is_given() -> None:
    source = inspect.getsource(DiscordWebSocket.from_client.__func__)  # type: ignore[attr-defined]
    assert "ws.session_id = session" in source
    assert "ws.sequence = sequence" in source
    assert source.index("ws.poll_event()") < source.index("await ws.resume()")
    names = inspect.signature(DiscordWebSocket.from_client).parameters.keys()
    assert {"gateway", "shard_id", "session", "sequence", "resume"} <= names


async def test_a_shard_is_dropped_with_all_that_is_known_of_its_servers(
    stage: Stage,
) -> None:
    async with stage.running() as bot:
        [one] = bot._AutoShardedClient__shards.values()  # type: ignore[attr-defined]
        await eventually(bot.is_ready)
        assert vars(bot)["shard_count"] == 1
        assert private_api.is_greeted(one.ws)
        assert one.ws.received_message.__module__ == private_api.__name__
        assert [guild.id for guild in bot.guilds] == [stage.world.guild.id]
        assert bot._connection._ready_tasks == {}

        private_api.drop_shard(bot, 0)

        assert bot.shards == {}
        assert list(bot.guilds) == []
        assert stage.guilds_left == []


async def test_a_session_that_is_not_begun_leaves_no_connection_behind(
    stage: Stage,
) -> None:
    bot = await stage.new_bot()
    made: list[DiscordWebSocket] = []
    private_api.on_connection(bot, made.append)
    held = ShardLease(shard_id=0, fence=1, session=None)

    async def never(shard_id: int | None, *, initial: bool = False) -> None:
        assert (shard_id, initial) == (0, False)
        await asyncio.sleep(3600)

    bot.before_identify_hook = never  # type: ignore[method-assign]
    await bot.login(stage.discord.config.token)
    await bot.http.get_bot_gateway()
    private_api.set_shard_count(bot, 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(private_api.connect(bot, held.shard_id, held.session), 1)

    [ws] = made
    assert not ws.open
    assert not private_api.is_greeted(ws)
    await discord.AutoShardedClient.close(bot)


async def test_latency_is_measured_from_when_a_heartbeat_leaves(stage: Stage) -> None:
    """Else an answer that is faster than discord.py's thread counts as 41 s late."""
    async with stage.running() as bot:
        [one] = bot._AutoShardedClient__shards.values()  # type: ignore[attr-defined]
        beat = one.ws._keep_alive
        beat._last_send = time.perf_counter() - 3600
        beat._last_ack = 0.0

        await one.ws.send_heartbeat(beat.get_payload())
        await eventually(lambda: bool(beat._last_ack))

        assert beat.latency < 1800


async def test_interaction_tokens_are_used_with_the_bots_own_session(
    stage: Stage,
) -> None:
    async with stage.running() as bot:
        sends = private_api.session_of(bot)

        assert isinstance(sends["session"], aiohttp.ClientSession)
        assert not sends["session"].closed
        adapter = AsyncWebhookAdapter.create_interaction_response
        assert sends.keys() <= inspect.signature(adapter).parameters.keys()
    assert sends["session"].closed


async def test_an_answer_is_known_to_be_there() -> None:
    interaction = make_interaction()
    assert not interaction.response.is_done()

    private_api.note_answered(interaction.response)

    assert interaction.response.is_done()
    assert interaction.response.type is discord.InteractionResponseType.channel_message


async def test_a_login_that_failed_leaves_no_session_open(stage: Stage) -> None:
    bot = await stage.new_bot()
    await bot.login(stage.discord.config.token)
    first = private_api.session_of(bot)["session"]

    await private_api.close_http(bot)
    assert first.closed

    await bot.login(stage.discord.config.token)
    assert not private_api.session_of(bot)["session"].closed
    await private_api.close_http(bot)
