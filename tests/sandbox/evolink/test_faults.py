"""The stand-in fails as the test says."""

import asyncio

import aiohttp
import pytest

from sandbox.evolink import Fault
from sandbox.evolink.refusal_kinds import OF_ACCOUNT
from tests.sandbox.evolink.client import CREATE, Client
from tests.sandbox.evolink.conftest import Start

SOME_TASK = "/v1/tasks/task-unified-1-aaaaaaaa"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (CREATE, 400, "invalid_request"),
        (CREATE, 401, "unauthorized"),
        (CREATE, 402, "insufficient_quota"),
        (SOME_TASK, 402, "quota_exceeded"),
        (CREATE, 403, "model_access_denied"),
        (SOME_TASK, 403, "permission_denied"),
        (CREATE, 413, "request_too_large"),
        (SOME_TASK, 429, "rate_limit_exceeded"),
        (SOME_TASK, 500, "internal_error"),
        (SOME_TASK, 502, "upstream_error"),
        (CREATE, 503, "service_unavailable"),
    ],
)
async def test_a_status_comes_in_evolinks_own_words(
    client: Client, path: str, status: int, code: str
) -> None:
    client.evolink.faults.add(Fault(answer=status))

    reply = await client.send("POST" if path == CREATE else "GET", path, json={})

    assert (reply.status, reply.error["code"]) == (status, code)
    assert ("(request id: " in reply.error["message"]) == (status >= 500)
    assert client.evolink.paid_tasks == 0


@pytest.mark.parametrize("code", OF_ACCOUNT)
async def test_an_account_is_refused_with_one_status_and_type_and_many_codes(
    client: Client, code: str
) -> None:
    client.evolink.faults.add(Fault(path=CREATE, answer=402, code=code, times=None))

    reply = await client.order()

    assert (reply.status, reply.error["code"]) == (402, code)
    assert reply.error["type"] == "insufficient_quota"
    assert ("reset_timezone" in reply.error) == ("daily" in code)
    assert client.evolink.paid_tasks == 0


async def test_a_fault_meets_only_its_method_and_path_and_only_so_often(
    client: Client,
) -> None:
    client.evolink.faults.add(
        Fault(method="GET", path="/v1/tasks/.*", answer=500, times=2)
    )
    task_id = await client.created()

    statuses = [
        (await client.send("GET", f"/v1/tasks/{task_id}")).status for _ in range(3)
    ]

    assert statuses == [500, 500, 200]
    assert (await client.send("GET", "/v1/credits")).status == 200


async def test_a_fault_can_last_until_it_is_cleared(client: Client) -> None:
    down = client.evolink.faults.add(Fault(answer=503, times=None))

    during = [(await client.order()).status for _ in range(5)]
    client.evolink.faults.clear(down)

    assert during == [503] * 5
    assert (await client.order()).status == 200


async def test_clearing_one_fault_leaves_the_others(client: Client) -> None:
    first = client.evolink.faults.add(Fault(answer=500, times=None))
    client.evolink.faults.add(Fault(answer=502, times=None))

    client.evolink.faults.clear(first)

    assert (await client.order()).status == 502


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [
        (7, "7"),
        (0.5, "0.5"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"),
        (None, None),
    ],
)
async def test_retry_after_is_given_or_not(
    client: Client, retry_after: float | str | None, header: str | None
) -> None:
    client.evolink.faults.add(Fault(answer=429, retry_after=retry_after))

    reply = await client.order()

    assert reply.headers.get("Retry-After") == header


async def test_a_fault_can_have_another_code_or_another_body(client: Client) -> None:
    client.evolink.faults.add(Fault(answer=402, code="key_quota_exhausted"))
    client.evolink.faults.add(Fault(answer=200, body='{"success": false}'))

    coded, worded = await client.order(), await client.order()

    assert (coded.status, coded.error["code"]) == (402, "key_quota_exhausted")
    assert (worded.status, worded.json) == (200, {"success": False})


async def test_a_proxy_can_answer_with_a_page(client: Client) -> None:
    client.evolink.faults.add(Fault(answer="html"))

    reply = await client.order()

    assert (reply.status, reply.json) == (502, None)
    assert reply.content.startswith(b"<html>")


async def test_an_answer_can_be_empty(client: Client) -> None:
    client.evolink.faults.add(Fault(answer="empty"))

    reply = await client.order()

    assert (reply.status, reply.content) == (200, b"")


async def test_a_reset_before_the_effect_costs_nothing(client: Client) -> None:
    client.evolink.faults.add(Fault(answer="reset"))

    with pytest.raises(aiohttp.ClientError):
        await client.order()

    assert client.evolink.paid_tasks == 0
    assert client.evolink.requests[-1].status is None


@pytest.mark.parametrize("answer", ["reset", "html", "empty", 500])
async def test_an_answer_can_be_lost_after_its_effect(
    client: Client, answer: str | int
) -> None:
    fault = Fault(path=CREATE, answer=answer, after_effect=True)  # type: ignore[arg-type]
    client.evolink.faults.add(fault)

    try:
        reply = await client.order()
    except aiohttp.ClientError:
        reply = None

    assert reply is None or reply.status != 200 or not reply.content
    assert client.evolink.paid_tasks == 1
    assert await client.remaining() == 99_995


async def test_a_hanging_answer_ends_when_the_fault_is_cleared(client: Client) -> None:
    client.evolink.faults.add(Fault(answer="hang"))
    asking = asyncio.create_task(client.order(), name="asking")
    await client.until(lambda: bool(client.evolink.requests))
    await asyncio.sleep(0.1)

    assert not asking.done()
    client.evolink.faults.clear()
    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_a_client_may_tire_of_a_hanging_answer(client: Client) -> None:
    client.evolink.faults.add(Fault(path=CREATE, answer="hang", after_effect=True))
    asking = asyncio.create_task(client.order(), name="asking")
    await client.until(lambda: client.evolink.paid_tasks == 1)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await client.remaining() == 99_995


async def test_an_answer_can_be_slow(client: Client) -> None:
    client.evolink.faults.add(Fault(delay_s=0.2))
    loop = asyncio.get_running_loop()
    began = loop.time()

    reply = await client.order()

    assert reply.status == 200
    assert loop.time() - began >= 0.2


async def test_every_answer_can_take_its_time(start: Start) -> None:
    client = await start(latency_s=0.05)
    loop = asyncio.get_running_loop()
    began = loop.time()

    await client.remaining()
    await client.remaining()

    assert loop.time() - began >= 0.1


async def test_the_results_host_has_faults_of_its_own(client: Client) -> None:
    client.evolink.faults.add(Fault(host="results", answer=503))
    link = await client.result_of("a fox")

    async with client.session.get(link) as first, client.session.get(link) as second:
        assert (first.status, second.status) == (503, 200)


async def test_every_request_is_recorded_without_the_key(client: Client) -> None:
    reply = await client.order("a fox", idempotency_key="run_0123456789abcdef")

    (request,) = client.evolink.requests

    assert (request.method, request.path, request.status) == ("POST", CREATE, 200)
    assert request.body == {"model": "grok-imagine-text-to-video", "prompt": "a fox"}
    assert request.headers["idempotency-key"] == "run_0123456789abcdef"
    assert request.at == client.evolink.clock.now()
    assert "authorization" in request.headers
    assert client.evolink.api_key not in repr(request)
    assert len(reply.headers["x-request-id"]) == 16


async def test_a_path_nobody_serves_is_answered_in_json(client: Client) -> None:
    missing = await client.send("GET", "/v2/anything")
    wrong = await client.send("DELETE", "/v1/credits")

    assert (missing.status, missing.error["code"]) == (404, "not_found")
    assert wrong.status == 405


async def test_closing_does_not_wait_for_those_who_hang(start: Start) -> None:
    client = await start()
    client.evolink.faults.add(Fault(answer="hang", times=None))
    asking = asyncio.create_task(client.order(), name="asking")
    await client.until(lambda: bool(client.evolink.requests))

    await client.evolink.__aexit__(None, None, None)

    with pytest.raises(aiohttp.ClientError):
        await asking
