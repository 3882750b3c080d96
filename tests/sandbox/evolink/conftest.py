"""The stand-in for EvoLink, and somebody who asks it over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from tests.sandbox.evolink.client import Client

Start = Callable[..., Awaitable[Client]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Opens a stand-in whose clock only moves when told to, and a client of it."""
    async with AsyncExitStack() as stack:

        async def opened(**switches: Any) -> Client:
            config = EvolinkConfig(**{"speed": 0.0, **switches})
            evolink = await stack.enter_async_context(EvolinkSandbox(config))
            timeout = aiohttp.ClientTimeout(total=30)
            session = aiohttp.ClientSession(timeout=timeout)
            await stack.enter_async_context(session)
            return Client(evolink, session)

        yield opened


@pytest.fixture
async def client(start: Start) -> Client:
    return await start()
