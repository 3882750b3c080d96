"""The stand-in for Discord, and somebody who asks it over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world
from tests.sandbox.discord.client import Json, Rest, Socket

# Generous, so that a busy machine is never too late; the clock is moved instead.
CONFIG = SandboxConfig(
    ack_window_s=60.0, rate_limits=RateLimits.none(), identify_interval_s=0.0
)

VIDEO: Json = {
    "name": "video",
    "description": "Make a video",
    "options": [
        {
            "type": 3,
            "name": "prompt",
            "description": "What to see",
            "required": True,
            "min_length": 1,
            "max_length": 4000,
        },
        {
            "type": 3,
            "name": "mode",
            "description": "How bold",
            "choices": [
                {"name": "Fun", "value": "fun"},
                {"name": "Spicy", "value": "spicy"},
            ],
        },
    ],
}


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox(CONFIG) as discord:
        yield discord


@pytest.fixture
def place(service: DiscordSandbox) -> StandardWorld:
    return standard_world(service.world)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def rest(service: DiscordSandbox, session: aiohttp.ClientSession) -> Rest:
    return Rest(session, service.rest_url, service.config.token)


@pytest.fixture
def anonymous(service: DiscordSandbox, session: aiohttp.ClientSession) -> Rest:
    return Rest(session, service.rest_url, None)


Connect = Callable[[], Awaitable[Socket]]


@pytest.fixture
async def connect(
    service: DiscordSandbox, session: aiohttp.ClientSession
) -> AsyncIterator[Connect]:
    """Opens gateway connections up to HELLO, and closes what is left of them."""
    opened: list[Socket] = []

    async def connect() -> Socket:
        socket = Socket(await session.ws_connect(service.gateway_url))
        opened.append(socket)
        await socket.frame(10)
        return socket

    yield connect
    for socket in opened:
        await socket.close()


@pytest.fixture
async def bot(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, connect: Connect
) -> Socket:
    """A bot that is connected, knows the standard world and offers /video."""
    commands = f"/applications/{service.world.bot.id}/commands"
    assert (await rest.post(commands, VIDEO)).status == 201
    socket = await connect()
    await socket.identify(service.config.token)
    guild = await socket.event("GUILD_CREATE")
    assert guild["id"] == str(place.guild.id)
    return socket
