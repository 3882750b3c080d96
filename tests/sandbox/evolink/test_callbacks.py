"""The stand-in's callbacks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.evolink.client import Client
from tests.sandbox.evolink.conftest import Start


@dataclass(kw_only=True)
class Receiver:
    """Listens where callbacks are to go and answers as told, at last with 200."""

    url: str = ""
    answers: list[int | str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.received.append(await request.json())
        self.headers.append(dict(request.headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, str):
            await asyncio.sleep(5)
            return web.Response()
        return web.Response(status=answer, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/callbacks/token", receiver.receive)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callbacks/token"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def client(start: Start) -> Client:
    return await start(allow_local_callbacks=True)


async def delivered(client: Client, times: int) -> None:
    await client.until(lambda: len(client.evolink.callbacks) >= times)


async def settle_down() -> None:
    """Give what must not happen a chance to happen."""
    for _ in range(10):
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("prompt", "status"),
    [
        ("a fox", "completed"),
        ("[[fail:service_error]]", "failed"),
        ("[[cancelled]]", "cancelled"),
    ],
)
async def test_every_ending_is_told_with_the_tasks_own_json(
    client: Client, receiver: Receiver, prompt: str, status: str
) -> None:
    task_id = await client.created(prompt, callback_url=receiver.url)
    await settle_down()
    before = list(receiver.received)
    client.evolink.clock.advance(120)
    await delivered(client, 1)

    assert before == []
    assert receiver.received == [await client.task(task_id)]
    assert receiver.received[0]["status"] == status
    assert "Authorization" not in receiver.headers[0]


async def test_the_charge_is_made_before_the_callback(
    client: Client, receiver: Receiver
) -> None:
    task_id = await client.created("[[credits:4.5]]", callback_url=receiver.url)
    client.evolink.clock.advance(120)
    await delivered(client, 1)

    assert client.evolink.tasks[task_id].charged == 4.5


async def test_a_refused_callback_is_repeated_after_one_two_and_four_seconds(
    client: Client, receiver: Receiver
) -> None:
    receiver.answers = [500, 302, 404, 500, 200]
    await client.created(callback_url=receiver.url)
    client.evolink.clock.advance(120)

    for times, wait_s in enumerate((1, 2, 4), start=1):
        await delivered(client, times)
        client.evolink.clock.advance(wait_s - 0.5)
        await settle_down()
        assert len(receiver.received) == times
        client.evolink.clock.advance(0.5)
    await delivered(client, 4)
    client.evolink.clock.advance(3600)
    await settle_down()

    assert [made.status for made in client.evolink.callbacks] == [500, 302, 404, 500]


async def test_an_accepted_callback_is_not_repeated(
    client: Client, receiver: Receiver
) -> None:
    receiver.answers = [500, 204]
    await client.created(callback_url=receiver.url)
    client.evolink.clock.advance(120)
    await delivered(client, 1)
    client.evolink.clock.advance(1)
    await delivered(client, 2)
    client.evolink.clock.advance(3600)
    await settle_down()

    assert [made.status for made in client.evolink.callbacks] == [500, 204]


async def test_a_receiver_that_is_too_slow_or_gone_is_tried_again(
    start: Start, receiver: Receiver
) -> None:
    client = await start(allow_local_callbacks=True, callback_timeout_s=0.5)
    receiver.answers = ["slow"]
    gone = "http://127.0.0.1:9/"
    await client.created(callback_url=receiver.url)
    await client.created(callback_url=gone)
    client.evolink.clock.advance(120)
    await delivered(client, 2)
    client.evolink.clock.advance(1)
    await delivered(client, 4)

    made = [(each.url, each.attempt) for each in client.evolink.callbacks]
    assert sorted(made) == sorted(
        [(receiver.url, 1), (receiver.url, 2), (gone, 1), (gone, 2)]
    )
    assert [each.status for each in client.evolink.callbacks[:2]] == [None, None]


async def test_a_callback_can_come_twice_or_never(
    client: Client, receiver: Receiver
) -> None:
    await client.created("[[callback:twice]]", callback_url=receiver.url)
    silent = await client.created("[[callback:never]]", callback_url=receiver.url)
    client.evolink.clock.advance(120)
    await delivered(client, 2)
    await settle_down()

    assert len(receiver.received) == 2
    assert receiver.received[0] == receiver.received[1]
    assert silent not in {body["id"] for body in receiver.received}


async def test_a_forged_callback_claims_success_before_the_end(
    client: Client, receiver: Receiver
) -> None:
    task_id = await client.created("[[callback:forged]]", callback_url=receiver.url)
    client.evolink.clock.advance(60)
    await delivered(client, 1)

    assert receiver.received[0]["status"] == "completed"
    assert receiver.received[0]["results"] == ["https://files.example.com/forged.mp4"]
    assert (await client.task(task_id))["status"] == "processing"


async def test_anybody_can_post_anything(client: Client, receiver: Receiver) -> None:
    status = await client.evolink.forge_callback(receiver.url, {"id": "x"})

    assert (status, receiver.received) == (200, [{"id": "x"}])


async def test_a_task_without_an_address_is_told_to_nobody(
    client: Client, receiver: Receiver
) -> None:
    await client.created()
    await client.created("[[never]]", callback_url=receiver.url)
    client.evolink.clock.advance(3600)
    await settle_down()

    assert client.evolink.callbacks == []


async def test_callbacks_come_by_themselves_as_time_passes(
    start: Start, receiver: Receiver
) -> None:
    client = await start(allow_local_callbacks=True, speed=100.0, total_s=5.0)
    await client.created(callback_url=receiver.url)

    await delivered(client, 1)

    assert receiver.received[0]["status"] == "completed"
