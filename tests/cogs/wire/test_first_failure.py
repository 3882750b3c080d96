"""Which of Discord's answers discord.py may wait for and repeat."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.errors import MessengerDown
from cogs.wire.discord_errors import messenger_error
from cogs.wire.first_failure import DiscordFailed, every_failure, first_failure

MESSAGES = "/api/v10/channels/1/messages"
ORIGINAL = "/api/v10/webhooks/1/token/messages/@original"


@pytest.fixture
async def discord() -> AsyncIterator[str]:
    """A Discord that answers with the status in the query."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(
            status=int(request.query["status"]),
            headers={"Retry-After": request.query.get("wait", "2.5")},
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _status(url: str, method: str) -> int:
    async with (
        aiohttp.ClientSession(trace_configs=[first_failure()]) as session,
        session.request(method, url) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("status", [429, 500, 502, 504, 524])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", MESSAGES), ("PATCH", f"{MESSAGES}/2"), ("PATCH", ORIGINAL)],
)
async def test_a_message_that_is_not_taken_fails_at_once(
    discord: str, method: str, path: str, status: int
) -> None:
    with pytest.raises(DiscordFailed) as caught:
        await _status(f"{discord}{path}?status={status}", method)

    error = messenger_error("post clip", caught.value)
    assert isinstance(error, MessengerDown)
    assert error.retry_after_s == 2.5
    assert str(error) == f"post clip: HTTP {status}"


@pytest.mark.parametrize(
    ("named", "wait_s"),
    [
        ("1e15", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("-5", None),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
        ("", None),
        ("0", 0.0),
    ],
)
async def test_a_wait_that_makes_no_sense_stops_no_messages(
    discord: str, named: str, wait_s: float | None
) -> None:
    with pytest.raises(DiscordFailed) as caught:
        await _status(f"{discord}{MESSAGES}?status=429&wait={named}", "POST")

    assert caught.value.retry_after_s == wait_s


async def test_what_a_token_edits_fails_at_once_whatever_broke(discord: str) -> None:
    """There discord.py repeats more kinds of failures."""
    with pytest.raises(DiscordFailed):
        await _status(f"{discord}{ORIGINAL}?status=503", "PATCH")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", MESSAGES, 200),
        ("POST", MESSAGES, 403),
        ("POST", MESSAGES, 503),
        ("GET", MESSAGES, 502),
        ("GET", ORIGINAL, 502),
        ("PATCH", ORIGINAL, 404),
        ("POST", "/api/v10/interactions/1/token/callback", 502),
        ("PUT", "/api/v10/applications/1/commands", 500),
    ],
)
async def test_everything_else_is_left_to_discord_py(
    discord: str, method: str, path: str, status: int
) -> None:
    assert await _status(f"{discord}{path}?status={status}", method) == status


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_client_that_only_looks_fails_at_once_whatever_it_asks(
    discord: str, status: int
) -> None:
    async with aiohttp.ClientSession(trace_configs=[every_failure()]) as session:
        with pytest.raises(DiscordFailed) as caught:
            await session.get(f"{discord}/api/v10/users/@me?status={status}")
        async with session.get(f"{discord}/api/v10/users/@me?status=404") as answer:
            assert answer.status == 404

    assert caught.value.status == status
