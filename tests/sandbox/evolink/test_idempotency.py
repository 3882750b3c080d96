"""The stand-in pays once for each key."""

import aiohttp
import pytest

from sandbox.evolink import Fault
from tests.sandbox.evolink.client import CREATE, Client
from tests.sandbox.evolink.conftest import Start

KEY = "run_0123456789abcdef0123456789abcdef"


async def test_the_same_order_under_the_same_key_is_paid_once(client: Client) -> None:
    first = await client.order(idempotency_key=KEY)
    second = await client.order(idempotency_key=KEY)

    assert second.json == first.json
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert client.evolink.paid_tasks == 1
    assert await client.remaining() == 99_995


async def test_another_order_under_the_same_key_is_a_conflict(client: Client) -> None:
    await client.order("a fox", idempotency_key=KEY)

    reply = await client.order("a hare", idempotency_key=KEY)

    assert (reply.status, reply.error["code"]) == (409, "idempotency_conflict")
    assert client.evolink.paid_tasks == 1


async def test_a_lost_answer_is_found_again_under_its_key(client: Client) -> None:
    client.evolink.faults.add(Fault(path=CREATE, answer="reset", after_effect=True))

    with pytest.raises(aiohttp.ClientError):
        await client.order(idempotency_key=KEY)
    again = await client.order(idempotency_key=KEY)

    assert again.headers["Idempotency-Replayed"] == "true"
    assert [again.json["id"]] == list(client.evolink.tasks)


async def test_a_prompt_can_lose_its_answer(client: Client) -> None:
    with pytest.raises(aiohttp.ClientError):
        await client.order("[[lose-answer]]", idempotency_key=KEY)

    assert client.evolink.paid_tasks == 1


async def test_an_unresolved_attempt_is_said_to_be_unknown(client: Client) -> None:
    prompt = "[[unresolved:30]]"
    with pytest.raises(aiohttp.ClientError):
        await client.order(prompt, idempotency_key=KEY)

    early = await client.order(prompt, idempotency_key=KEY)
    client.evolink.clock.advance(30)
    late = await client.order(prompt, idempotency_key=KEY)

    assert (early.status, early.error["code"]) == (409, "paid_outcome_unknown")
    assert late.headers["Idempotency-Replayed"] == "true"
    assert client.evolink.paid_tasks == 1


async def test_a_key_is_forgotten_in_time(client: Client) -> None:
    await client.order(idempotency_key=KEY)
    client.evolink.clock.advance(24 * 3600)
    await client.order(idempotency_key=KEY)

    assert client.evolink.paid_tasks == 2


@pytest.mark.parametrize("key", ["short", "x" * 97, "with spaces in the key"])
async def test_a_malformed_key_is_refused(client: Client, key: str) -> None:
    reply = await client.order(idempotency_key=key)

    assert (reply.status, reply.error["param"]) == (400, "Idempotency-Key")


async def test_keys_can_be_ignored_and_then_one_pays_twice(start: Start) -> None:
    """No page promises the header, so the bot must survive without it."""
    client = await start(idempotency="ignored")

    first = await client.order(idempotency_key=KEY)
    second = await client.order(idempotency_key=KEY)

    assert first.json["id"] != second.json["id"]
    assert client.evolink.paid_tasks == 2
    assert "Idempotency-Replayed" not in second.headers


async def test_a_refused_order_leaves_its_key_free(start: Start) -> None:
    client = await start(credits_held=0.0)
    await client.order(idempotency_key=KEY)
    client.evolink.ledger.top_up(5)

    reply = await client.order(idempotency_key=KEY)

    assert reply.status == 200
    assert "Idempotency-Replayed" not in reply.headers
