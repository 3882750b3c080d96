"""Logging in and coming back while Discord, or the network, is in the way."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from structlog.testing import capture_logs

from bot.errors import StartupError
from cogs.bot import ClapperBot
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.feed import ChangeKind
from tests.cogs.gateway.test_bad_frames import is_served
from tests.cogs.stage import Stage, eventually

BROKEN_STREAM = b"no stream\x00\x00\xff\xff"
LOGIN, GATEWAY = "/users/@me$", "/gateway/bot$"


@asynccontextmanager
async def attempting(stage: Stage) -> AsyncGenerator[ClapperBot]:
    """Let a bot try to come in until the block ends."""
    bot = await stage.new_bot()
    serving = asyncio.create_task(bot.serve(stage.discord.config.token), name="serve")
    try:
        yield bot
        assert not serving.done()
    finally:
        await bot.close()
        serving.cancel()
        await asyncio.wait({serving})


def waits(lines: list[Any]) -> list[Any]:
    return [one for one in lines if one["event"] == "discord unreachable"]


@pytest.mark.parametrize("path", [LOGIN, GATEWAY], ids=["login", "gateway"])
async def test_a_long_rate_limit_is_heeded_and_said(stage: Stage, path: str) -> None:
    fault = Fault(method="GET", path=path, status=429, retry_after_s=7200)
    stage.discord.faults.add(fault)
    began = datetime.now(UTC)
    with capture_logs() as lines:
        async with attempting(stage):
            await eventually(lambda: bool(waits(lines)))
            await asyncio.sleep(2)

    [told] = waits(lines)
    assert fault.hits == 1
    assert told["next_try_in_s"] == 7200
    until = datetime.fromisoformat(told["next_try_at"])
    assert 7100 < (until - began).total_seconds() < 7300


async def test_a_ban_before_discord_is_heeded_by_its_header(stage: Stage) -> None:
    """Cloudflare's answers have a page for a body, and no Via."""
    fault = Fault(
        method="GET", path=LOGIN, status=429, trouble=Trouble.HTML, retry_after_s=1800
    )
    stage.discord.faults.add(fault)
    with capture_logs() as lines:
        async with attempting(stage):
            await eventually(lambda: bool(waits(lines)))
            await asyncio.sleep(2)

    [told] = waits(lines)
    assert told["next_try_in_s"] == 1800
    assert told["reason"] == "log in: HTTP 429, code 0"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=LOGIN, status=500, times=1),
        Fault(path=LOGIN, status=403, times=1),
        Fault(path=LOGIN, status=404, times=1),
        Fault(path=LOGIN, trouble=Trouble.HTML, times=1),
        Fault(path=LOGIN, trouble=Trouble.HTML, status=200, times=1),
        Fault(path=GATEWAY, trouble=Trouble.HTML, status=200, times=1),
        Fault(path=GATEWAY, status=403, times=1),
        Fault(path=r"/applications/\d+/commands$", trouble=Trouble.HTML, status=200,
              times=1),
        Fault(path="/applications/@me$", trouble=Trouble.HTML, status=200, times=1),
    ],
    ids=[
        "500", "403", "404", "502 page", "page", "gateway page", "gateway 403",
        "commands page", "application page",
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_asked_for_again(
    stage: Stage, fault: Fault
) -> None:
    stage.discord.faults.add(fault)
    async with stage.running():
        assert await is_served(stage)
    assert fault.hits == 1


async def test_a_token_refused_by_the_gateways_address_is_one_sentence(
    stage: Stage,
) -> None:
    stage.discord.faults.add(Fault(path=GATEWAY, status=401))
    bot = await stage.new_bot()

    with pytest.raises(StartupError, match="Discord refused the bot token"):
        await asyncio.wait_for(bot.serve(stage.discord.config.token), 20)


@pytest.mark.parametrize("code", [4010, 4011, 4012, 4013, 4014])
async def test_a_final_close_code_is_one_sentence(stage: Stage, code: int) -> None:
    bot = await stage.new_bot()
    serving = asyncio.create_task(bot.serve(stage.discord.config.token), name="serve")
    await stage.discord.wait_ready(["video"])
    stage.discord.gateway.drop(code)

    with pytest.raises(StartupError, match=f"for good \\(code {code}\\)"):
        await asyncio.wait_for(serving, 20)


@pytest.mark.parametrize("code", [1000, 1001, 4000, 4001, 4002, 4003, 4005, 4008])
async def test_every_other_close_code_is_come_back_from(
    stage: Stage, code: int
) -> None:
    async with stage.running():
        stage.discord.gateway.drop(code)
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == 1)

        assert await is_served(stage)


@pytest.mark.thorough
@pytest.mark.parametrize("code", [4007, 4009])
async def test_a_close_code_that_ends_the_session_is_followed_by_a_new_one(
    stage: Stage, code: int
) -> None:
    async with stage.running():
        stage.discord.gateway.drop(code)
        await stage.discord.wait_until(lambda: stage.discord.gateway.identifies == 2)

        assert await is_served(stage)


async def test_a_gateway_that_is_down_is_come_back_to(stage: Stage) -> None:
    async with stage.running():
        stage.discord.gateway.accepts = False
        stage.discord.gateway.drop()
        await asyncio.sleep(1)
        stage.discord.gateway.accepts = True
        await stage.discord.wait_until(lambda: stage.discord.gateway.is_ready)

        assert await is_served(stage)


async def test_a_gateway_that_is_down_at_the_start_is_waited_for(stage: Stage) -> None:
    stage.discord.gateway.accepts = False
    with capture_logs() as lines:
        async with attempting(stage):
            await eventually(lambda: len(waits(lines)) > 1)
            stage.discord.gateway.accepts = True
            await stage.discord.wait_ready(["video"])

            assert await is_served(stage)
    assert waits(lines)[0]["reason"].startswith("connect: ")


async def test_no_session_begins_while_none_is_allowed(stage: Stage) -> None:
    stage.discord.gateway.limits.leave(0, resets_in_s=3600)
    with capture_logs() as lines:
        async with attempting(stage):
            said = "new gateway session must wait"
            await eventually(lambda: any(one["event"] == said for one in lines))
            await asyncio.sleep(1)

    assert stage.discord.gateway.identifies == 0


@pytest.mark.thorough
async def test_sessions_that_other_processes_have_begun_count(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.gateway.pace.LIMIT_HOLDS_S", 0.0)
    gateway, said = stage.discord.gateway, "new gateway session must wait"
    with capture_logs() as lines:
        async with attempting(stage):
            await stage.discord.wait_ready(["video"])
            gateway.limits.leave(0, resets_in_s=3600)
            gateway.forget_sessions()
            gateway.drop(4000)
            await eventually(lambda: any(one["event"] == said for one in lines))

    assert gateway.identifies == 1


@pytest.mark.thorough
async def test_while_discord_does_not_say_what_is_left_our_own_count_holds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.gateway.pace.LIMIT_HOLDS_S", 0.0)
    gateway = stage.discord.gateway
    async with attempting(stage):
        await stage.discord.wait_ready(["video"])
        stage.discord.faults.add(Fault(method="GET", path=GATEWAY, status=400))
        gateway.forget_sessions()
        gateway.drop(4000)
        await stage.discord.wait_until(lambda: gateway.identifies == 2)

        assert await is_served(stage)


async def test_an_error_nobody_thought_of_is_followed_by_another_attempt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = DiscordWebSocket.from_client
    failed: list[discord.Client] = []

    async def failing(
        _: type[DiscordWebSocket], /, client: discord.Client, **options: Any
    ) -> DiscordWebSocket:
        if not failed:
            failed.append(client)
            msg = "a bug"
            raise RuntimeError(msg)
        return await connect(client, **options)

    monkeypatch.setattr(DiscordWebSocket, "from_client", classmethod(failing))
    with capture_logs() as lines:
        async with stage.running():
            assert await is_served(stage)

    assert failed
    [told] = waits(lines)
    assert told["reason"].startswith("connect: RuntimeError at test_coming_back.py")


@pytest.mark.thorough
async def test_an_error_inside_a_shard_is_followed_by_another_attempt(
    stage: Stage,
) -> None:
    """discord.py's own would end all shards then, and its HTTP client with them."""
    async with stage.running() as bot:
        [one] = bot._AutoShardedClient__shards.values()  # type: ignore[attr-defined]

        async def broken() -> None:
            msg = "a bug"
            raise RuntimeError(msg)

        one.ws.poll_event = broken
        stage.discord.gateway.tell("TYPING_START", {})
        await stage.discord.wait_until(
            lambda: stage.discord.gateway.identifies == 2, 30
        )
        await eventually(lambda: stage.gateway_is_up[-2:] == [False, True])

        assert await is_served(stage)
        await bot.fetch_channel(stage.world.general.id)


@pytest.mark.thorough
async def test_a_session_that_breaks_each_connection_is_given_up_for_a_new_one(
    stage: Stage,
) -> None:
    """As by an event that no client can unpack, which each resume is told again."""
    gateway = stage.discord.gateway

    async def break_each() -> None:
        with stage.discord.subscribe() as changes:
            gateway.send_raw(BROKEN_STREAM)
            async for change in changes:
                if change.kind is ChangeKind.GATEWAY_READY and gateway.identifies == 1:
                    gateway.send_raw(BROKEN_STREAM)

    async with stage.running():
        breaking = asyncio.create_task(break_each(), name="breaking")
        await stage.discord.wait_until(lambda: gateway.identifies == 2, 40)
        await eventually(lambda: stage.gateway_is_up[-1])

        assert await is_served(stage)
        assert 2 <= gateway.resumes <= 4
        breaking.cancel()
        await asyncio.wait({breaking})
