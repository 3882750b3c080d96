"""What we reach for inside discord.py is where it was, and does what it did."""

import asyncio
import inspect
import time

import aiohttp
import discord
import pytest
import yarl
from discord import backoff, gateway, http, shard, state, utils
from discord.gateway import DiscordWebSocket
from discord.webhook.async_ import AsyncWebhookAdapter

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
    assert "self.ws.poll_event()" in inspect.getsource(shard.Shard.worker)
    poll = inspect.getsource(DiscordWebSocket.poll_event)
    assert poll.count("self.received_message(msg.data)") == 2
    beats = inspect.getsource(gateway.KeepAliveHandler)
    assert "self.ws.send_heartbeat(data)" in beats
    assert "self.latency = ack_time - self._last_send" in beats


def test_a_shard_waits_at_most_half_a_minute() -> None:
    capped = private_api.capped_backoff()
    assert isinstance(capped, backoff.ExponentialBackoff)
    for _ in range(20):
        assert capped.delay() <= 32
    assert "self._backoff.delay()" in inspect.getsource(shard.Shard._handle_disconnect)
    assert "__shards" in inspect.getsource(discord.AutoShardedClient.launch_shard)
    assert "self.__queue.get()" in inspect.getsource(discord.AutoShardedClient.connect)
    asked = inspect.getsource(discord.AutoShardedClient.launch_shards)
    assert "if self.shard_count is None:" in asked


async def test_the_shards_of_a_running_bot_are_ours(stage: Stage) -> None:
    async with stage.running() as bot:
        [one] = bot._AutoShardedClient__shards.values()  # type: ignore[attr-defined]
        assert one._backoff._max == 5
        assert private_api.is_greeted(one.ws)
        assert one.ws.received_message.__module__ == private_api.__name__

        await private_api.drop_shards(bot)

        assert vars(bot)["shard_count"] is None
        assert bot.shards == {}
        assert one._task is not None
        await eventually(lambda: one._task is not None and one._task.done())
        assert not one.ws.open


async def test_a_session_that_is_not_begun_leaves_no_connection_behind(
    stage: Stage,
) -> None:
    bot = await stage.new_bot()
    made: list[DiscordWebSocket] = []
    private_api.on_connection(bot, made.append)

    async def never(shard_id: int | None, *, initial: bool = False) -> None:
        assert (shard_id, initial) == (0, True)
        await asyncio.sleep(3600)

    bot.before_identify_hook = never  # type: ignore[method-assign]
    await bot.login(stage.discord.config.token)
    launching = private_api.launch(
        bot, yarl.URL(stage.discord.gateway_url), 0, initial=True
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(launching, 1)

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
