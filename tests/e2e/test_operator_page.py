"""The operator's page of the real program, on its own address."""

import platform

import aiohttp
import pytest

from sandbox.evolink import EvolinkConfig
from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import OpenStage
from tests.e2e.test_storage_trouble import file_of
from tests.monitoring.exported import labels_of, page
from tests.storage.trouble import held

PROMPT = "a lighthouse that nobody but its keeper knows"
TOKEN = "an-operators-token-of-many-letters"


async def page_at(address: str, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_it_shows_the_jobs_and_no_word_of_them(open_world: OpenStage) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    stage = await open_world(CLAPPER_HTTP__LISTEN=f"127.0.0.1:{port}")
    await ask(stage, PROMPT)
    await posts(stage, 1)

    status, shown = await page_at(address)

    _, metrics = await page_at(f"{address}metrics")
    assert labels_of(metrics) == labels_of(page())
    assert "clapper_balance_credits{" in metrics
    assert 'clapper_healthy{component="gateway"} 1.0' in metrics
    assert 'clapper_oldest_due_seconds{worker="delivery"} 0.0' in metrics
    assert f'clapper_build_info{{python="{platform.python_version()}"' in metrics
    assert "process_resident_memory_bytes" in metrics
    assert status == 200
    assert stage.world.guild.name in shown
    assert "grok-imagine-text-to-video" in shown
    assert PROMPT not in shown
    assert str(stage.world.member.id) not in shown
    # While another program holds the database it says so, and goes on by itself.
    with held(file_of(stage)):
        _, metrics = await page_at(f"{address}metrics")
        assert 'clapper_healthy{component="database"} 0.0' in metrics
        status, shown = await page_at(address)
        assert status == 200
        assert "The database takes nothing: requests are refused." in shown
        assert stage.world.guild.name in shown
    status, shown = await page_at(address)
    assert "The database takes nothing" not in shown
    assert (await page_at(address, Host="rebound.example"))[0] == 403


@pytest.mark.thorough
async def test_with_a_token_it_is_for_those_who_give_it(open_world: OpenStage) -> None:
    port = free_port()
    stage = await open_world(
        evolink=EvolinkConfig(),
        CLAPPER_HTTP__LISTEN=f"127.0.0.1:{port}",
        CLAPPER_HTTP__PAGE_TOKEN=TOKEN,
    )
    address = f"http://127.0.0.1:{port}/"

    assert (await page_at(address))[0] == 401
    assert (await page_at(address, Authorization="Bearer guessed"))[0] == 401
    status, shown = await page_at(address, Authorization=f"Bearer {TOKEN}")

    assert status == 200
    assert "Everything works." in shown
    assert TOKEN not in shown
    assert TOKEN not in stage.bot.log()
    assert "page token refused" in stage.bot.log()
