"""Where Discord's API and gateway are looked for."""

import discord
import pytest
from discord.http import Route

from cogs.wire.endpoints import GatewayRoute, rest_base

REAL = "wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream"
RESUMED = "wss://gateway-us-east1-b.discord.gg/?v=10&encoding=json"


def make_client() -> discord.Client:
    return discord.Client(intents=discord.Intents.none())


def test_the_rest_base_is_put_back() -> None:
    before = Route.BASE
    with rest_base("http://127.0.0.1:1/api/v10/"):
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"

    assert before == Route.BASE


@pytest.mark.parametrize("url", [REAL, RESUMED])
async def test_a_fixed_gateway_takes_every_connection(url: str) -> None:
    route = GatewayRoute(make_client(), "ws://127.0.0.1:1/gateway", limits_told=print)

    assert route.address(url).startswith("ws://127.0.0.1:1/gateway?v=10&encoding=json")


async def test_without_a_fixed_gateway_discord_decides() -> None:
    route = GatewayRoute(make_client(), None, limits_told=print)

    assert route.address(REAL) == REAL
    assert route.address(RESUMED) == RESUMED


async def test_the_gateway_that_was_named_replaces_the_built_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a session is lost discord.py would dial Discord itself."""
    client = make_client()

    async def named() -> tuple[int, str, object]:
        return 1, "ws://127.0.0.1:2/gateway", {}

    monkeypatch.setattr(client.http, "get_bot_gateway", named)
    route = GatewayRoute(client, None, limits_told=print)
    await client.http.get_bot_gateway()

    assert route.address(REAL).startswith("ws://127.0.0.1:2/gateway?v=10")
    assert route.address(RESUMED) == RESUMED
