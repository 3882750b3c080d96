"""The stand-in's credits."""

from tests.sandbox.evolink.client import Client
from tests.sandbox.evolink.conftest import Start


async def held(client: Client) -> tuple[float, float]:
    user = (await client.send("GET", "/v1/credits")).json["data"]["user"]
    return user["remaining_credits"], user["used_credits"]


async def test_credits_are_told_as_the_documentation_shows(start: Start) -> None:
    client = await start(credits_held=64.2)

    reply = await client.send("GET", "/v1/credits")

    sums = {"remaining_credits": 64.2, "used_credits": 0.0}
    assert reply.json == {
        "success": True,
        "message": "",
        "data": {"token": {**sums, "unlimited_credits": True}, "user": sums},
    }


async def test_credits_are_reserved_then_charged(start: Start) -> None:
    client = await start(credits_held=10.0, price=lambda seconds: 0.82 * seconds)

    await client.created(duration=6)
    reserved = await held(client)
    client.evolink.clock.advance(120)

    assert reserved == (5.08, 0.0)
    assert await held(client) == (5.08, 4.92)


async def test_the_charge_may_differ_from_what_was_reserved(start: Start) -> None:
    client = await start(credits_held=10.0)
    await client.created("[[credits:4.5]]")
    client.evolink.clock.advance(120)

    assert await held(client) == (5.5, 4.5)


async def test_failed_and_cancelled_tasks_are_refunded(start: Start) -> None:
    client = await start(credits_held=10.0)
    await client.created("[[fail:service_error]]")
    await client.created("[[cancelled]]")

    reserved = await held(client)
    client.evolink.clock.advance(120)

    assert reserved == (0.0, 0.0)
    assert await held(client) == (10.0, 0.0)


async def test_an_empty_account_buys_nothing(start: Start) -> None:
    client = await start(credits_held=9.9999)
    await client.created()

    refused = await client.order()
    client.evolink.ledger.top_up(0.0001)
    accepted = await client.order()

    assert (refused.status, refused.error["code"]) == (402, "insufficient_quota")
    assert accepted.status == 200
    assert await held(client) == (0.0, 0.0)


async def test_the_credits_page_has_kept_the_old_dialect(client: Client) -> None:
    reply = await client.send("GET", "/v1/credits", key="wrong")

    assert reply.error["code"] == 401
