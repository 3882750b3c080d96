"""EvoLink's clients against the stand-in, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.evolink.client import EvolinkClient
from bot.evolink.files import EvolinkFiles
from bot.evolink.session import open_session
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from tests.callbacks import ignored
from tests.evolink.pair import Pair, Start
from tests.evolink.scripted import KEY, ScriptedEvolink


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
async def evolink() -> AsyncIterator[ScriptedEvolink]:
    scripted = ScriptedEvolink()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", scripted.answer)
    async with TestServer(app) as server:
        scripted.base_url = str(server.make_url("/"))
        yield scripted
        scripted.leaving.set()


@pytest.fixture
def client(session: aiohttp.ClientSession, evolink: ScriptedEvolink) -> EvolinkClient:
    return EvolinkClient(
        session, base_url=evolink.base_url, api_key=SecretStr(KEY), count=ignored
    )


@pytest.fixture
def files(session: aiohttp.ClientSession, evolink: ScriptedEvolink) -> EvolinkFiles:
    return EvolinkFiles(
        session, files_url=evolink.base_url, api_key=SecretStr(KEY), count=ignored
    )


@pytest.fixture
async def start(session: aiohttp.ClientSession) -> AsyncIterator[Start]:
    """Opens a stand-in whose clock stands still until it is advanced."""
    async with AsyncExitStack() as stack:

        async def opened(**switches: Any) -> Pair:
            config = EvolinkConfig(**{"speed": 0.0, "total_s": 100.0, **switches})
            evolink = await stack.enter_async_context(EvolinkSandbox(config))
            client = EvolinkClient(
                session,
                base_url=evolink.base_url,
                api_key=SecretStr(config.api_key),
                count=ignored,
            )
            files = EvolinkFiles(
                session,
                files_url=evolink.files_url,
                api_key=SecretStr(config.api_key),
                count=ignored,
            )
            return Pair(evolink=evolink, client=client, files=files, session=session)

        yield opened
