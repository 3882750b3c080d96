"""What the stand-in takes as an order."""

import re
from typing import Any

import pytest

from tests.sandbox.evolink.client import CREATE, MODEL, Client
from tests.sandbox.evolink.conftest import Start

BETA = f"{MODEL}-beta"


async def test_an_order_is_answered_as_the_documentation_shows(client: Client) -> None:
    reply = await client.order("a fox", duration=10, aspect_ratio="9:16", mode="fun")

    created = reply.json["created"]
    assert reply.status == 200
    assert re.fullmatch(rf"task-unified-{created}-[a-z0-9]{{8}}", reply.json.pop("id"))
    assert created == int(client.evolink.clock.now())
    assert reply.json == {
        "created": created,
        "model": MODEL,
        "object": "video.generation.task",
        "progress": 0,
        "status": "pending",
        "task_info": {"can_cancel": True, "estimated_time": 120},
        "type": "video",
        "usage": {
            "billing_rule": "per_call",
            "credits_reserved": 5.0,
            "user_group": "default",
        },
    }


async def test_two_orders_get_two_ids(client: Client) -> None:
    assert await client.created() != await client.created()
    assert client.evolink.paid_tasks == 2


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": None}, "model"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"duration": 7}, "duration"),
        ({"duration": 6.0}, "duration"),
        ({"duration": "6"}, "duration"),
        ({"duration": True}, "duration"),
        ({"mode": "wild"}, "mode"),
        ({"mode": ["fun"]}, "mode"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio"),
        ({"quality": "480p"}, "quality"),
        ({"seed": 7}, "seed"),
        ({"callback_url": 7}, "callback_url"),
        ({"callback_url": "http://example.com/x"}, "callback_url"),
        ({"callback_url": "https://"}, "callback_url"),
        ({"callback_url": "https://[x"}, "callback_url"),
        ({"callback_url": "https://127.0.0.1/x"}, "callback_url"),
        ({"callback_url": "https://10.1.2.3/x"}, "callback_url"),
        ({"callback_url": "https://192.168.1.2:8443/x"}, "callback_url"),
        ({"callback_url": "https://172.16.0.1/x"}, "callback_url"),
        ({"callback_url": "https://[::1]/x"}, "callback_url"),
        ({"callback_url": "https://localhost/x"}, "callback_url"),
        ({"callback_url": "https://example.com/" + 2048 * "x"}, "callback_url"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named_and_costs_nothing(
    client: Client, fields: dict[str, Any], param: str
) -> None:
    reply = await client.order(**{"prompt": "a fox", **fields})

    assert reply.status == 400
    assert reply.error["code"] == "invalid_request"
    assert reply.error["type"] == "invalid_request_error"
    assert reply.error["param"] == param
    assert client.evolink.paid_tasks == 0
    assert await client.remaining() == 100_000


async def test_a_missing_prompt_is_named(client: Client) -> None:
    reply = await client.send("POST", CREATE, json={"model": MODEL})

    assert (reply.status, reply.error["param"]) == (400, "prompt")


async def test_a_public_callback_address_is_accepted(client: Client) -> None:
    assert (await client.order(callback_url="https://example.com/x")).status == 200


async def test_unknown_fields_can_be_ignored(start: Start) -> None:
    client = await start(unknown_fields="ignored")

    assert (await client.order(seed=7, quality="720p")).status == 200


@pytest.mark.parametrize(
    "more",
    [{"data": b"{"}, {"data": b"[]"}, {"data": b""}, {"json": 7}],
    ids=["half", "list", "empty", "number"],
)
async def test_a_body_that_is_no_json_object_is_refused(
    client: Client, more: dict[str, Any]
) -> None:
    headers = {"Content-Type": "application/json"}
    reply = await client.send("POST", CREATE, headers=headers, **more)

    assert (reply.status, reply.error["code"]) == (400, "invalid_request")


async def test_a_body_that_is_not_declared_as_json_is_refused(client: Client) -> None:
    reply = await client.send("POST", CREATE, data={"prompt": "a fox"})

    assert reply.status == 400


async def test_an_enormous_body_is_refused(start: Start) -> None:
    client = await start(max_body_bytes=1000)

    reply = await client.order("x" * 2000)

    assert (reply.status, reply.error["code"]) == (413, "request_too_large")


@pytest.mark.parametrize("key", [None, "", "wrong"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CREATE),
        ("GET", "/v1/tasks"),
        ("GET", "/v1/tasks/task-unified-1-aaaaaaaa"),
        ("POST", "/v1/tasks/batch"),
        ("GET", "/v1/credits"),
    ],
)
async def test_nothing_is_told_without_the_key(
    client: Client, method: str, path: str, key: str | None
) -> None:
    reply = await client.send(method, path, key=key)

    assert reply.status == 401
    assert reply.error["type"] == "authentication_error"


async def test_another_scheme_than_bearer_is_no_key(client: Client) -> None:
    headers = {"Authorization": "Basic sandbox-key"}
    reply = await client.send("GET", "/v1/credits", key=None, headers=headers)

    assert reply.status == 401


@pytest.mark.parametrize(
    ("dialect", "status", "code"),
    [("2026", 403, "model_access_denied"), ("2025", 404, 404)],
)
async def test_an_unknown_model_is_refused(
    start: Start, dialect: str, status: int, code: str | int
) -> None:
    """Only the older pages know a 404 for it."""
    client = await start(dialect=dialect)

    reply = await client.order(model="sora")

    assert (reply.status, reply.error["code"]) == (status, code)
    assert reply.error["param"] == "model"


async def test_a_model_can_be_denied_to_the_key(start: Start) -> None:
    client = await start(denied_models=frozenset({MODEL}))

    reply = await client.order()

    assert (reply.status, reply.error["code"]) == (403, "model_access_denied")


@pytest.mark.parametrize(
    ("switches", "asked", "used"),
    [
        ({"revision": "R1"}, MODEL, MODEL),
        ({"revision": "R1"}, BETA, None),
        ({"revision": "R3"}, BETA, BETA),
        ({"revision": "R3"}, MODEL, None),
        ({"revision": "R1", "aliasing": True}, MODEL, BETA),
        ({"revision": "R3", "aliasing": True}, MODEL, BETA),
        ({"revision": "R3", "aliasing": True}, BETA, BETA),
    ],
    ids=str,
)
async def test_the_answer_names_the_model_that_is_used(
    start: Start, switches: dict[str, Any], asked: str, used: str | None
) -> None:
    client = await start(**switches)

    reply = await client.order(model=asked)

    assert (reply.json.get("model") if reply.status == 200 else None) == used


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"duration": 6}, 200),
        ({"duration": 17}, 200),
        ({"duration": 30}, 200),
        ({"duration": 5}, 400),
        ({"duration": 31}, 400),
        ({"quality": "720p"}, 200),
        ({"quality": "1080p"}, 400),
    ],
    ids=str,
)
async def test_the_beta_page_allows_more(
    start: Start, fields: dict[str, Any], status: int
) -> None:
    client = await start(revision="R3")

    assert (await client.order(model=BETA, **fields)).status == status


async def test_the_old_dialect_gives_numbers_and_suggestions(start: Start) -> None:
    client = await start(dialect="2025", credits_held=1.0)

    reply = await client.order()

    assert reply.status == 402
    assert reply.error["code"] == 402
    assert reply.error["type"] == "insufficient_quota_error"
    assert reply.error["fallback_suggestion"].startswith("https://")


async def test_too_many_tasks_at_once_are_refused_until_one_ends(start: Start) -> None:
    client = await start(max_active_tasks=1)
    await client.created()

    refused = await client.order()
    client.evolink.clock.advance(120)
    accepted = await client.order()

    assert (refused.status, refused.error["code"]) == (429, "rate_limit_exceeded")
    assert accepted.status == 200
    assert client.evolink.tasks.peak_active == 1


async def test_an_overlong_prompt_fails_as_a_task(start: Start) -> None:
    """That is where EvoLink's pages place it."""
    client = await start(prompt_limit=10)

    task_id = await client.created("x" * 11)
    client.evolink.clock.advance(120)

    assert (await client.task(task_id))["error"]["code"] == "invalid_parameters"
