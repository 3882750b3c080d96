"""The connections to EvoLink."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.errors import EvolinkUnavailable
from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from tests.evolink.scripted import ScriptedEvolink


async def test_the_session_takes_nothing_from_the_environment(
    evolink: ScriptedEvolink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy named there would see every request of the one key that costs money."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    evolink.says(200, {}, Set_Cookie="who=me; Path=/")
    evolink.says(200, {})

    # By name: a jar would not keep the cookies of a bare address anyway.
    address = evolink.base_url.replace("127.0.0.1", "localhost")
    async with open_session() as session:
        for _ in range(2):
            async with session.get(address) as response:
                assert response.status == 200

    first, second = evolink.requests
    assert first.headers["user-agent"].startswith("Clapper/")
    assert "cookie" not in second.headers


async def test_a_reading_that_breaks_off_is_not_repeated_by_the_library(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """The limits that count failures have to see each of them."""
    evolink.says(200, {"data": {"user": {"remaining_credits": 1}}})
    await client.credits()
    for _ in range(2):
        evolink.fails("cut before")

    with pytest.raises(EvolinkUnavailable):
        await client.credits()

    assert len(evolink.requests) == 2


async def test_the_session_is_closed_at_the_end_of_the_block() -> None:
    async with open_session() as session:
        assert not session.closed

    assert session.closed


async def test_the_client_leaves_the_lent_session_open(
    client: EvolinkClient, session: aiohttp.ClientSession, evolink: ScriptedEvolink
) -> None:
    evolink.says(200, {"data": {"user": {"remaining_credits": 1}}})

    await client.credits()

    assert not session.closed


async def test_many_requests_that_hang_take_no_connection_from_another() -> None:
    """Far more readings and submits than are ever under way."""
    hanging, let_go = 200, asyncio.Event()
    waiting = asyncio.Semaphore(0)

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/hangs":
            waiting.release()
            await let_go.wait()
        return web.Response()

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with (
        TestServer(app) as server,
        open_session() as session,
        asyncio.TaskGroup() as group,
    ):
        for number in range(hanging):
            group.create_task(
                _get(session, server.make_url("/hangs")), name=f"hangs {number}"
            )
        for _ in range(hanging):
            await waiting.acquire()

        assert await _get(session, server.make_url("/answers")) == 200
        let_go.set()


async def _get(session: aiohttp.ClientSession, url: URL) -> int:
    async with session.get(url) as response:
        return response.status
