from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
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
    return EvolinkClient(session, base_url=evolink.base_url, api_key=SecretStr(KEY))
