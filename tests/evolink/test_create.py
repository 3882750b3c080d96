"""The paid request and its acceptance."""

import asyncio

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import (
    EvolinkUnavailable,
    EvolinkUnsure,
)
from bot.evolink import transport
from bot.evolink.client import EvolinkClient
from bot.evolink.transport import BODY_MAX_BYTES
from bot.ids import TaskId
from bot.jobs.tasks import Accepted
from tests.callbacks import ignored
from tests.evolink.scripted import (
    KEY,
    SUBMIT_KEY,
    TASK_ID,
    ScriptedEvolink,
    task_json,
)
from tests.factories import make_request


async def create(client: EvolinkClient) -> Accepted:
    return await client.create(make_request(), key=SUBMIT_KEY)


async def test_the_request_holds_the_documented_fields_and_no_other(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """Whether EvoLink refuses unknown fields is not documented: none are sent."""
    evolink.says(200, task_json())

    await create(client)

    (seen,) = evolink.requests
    assert (seen.method, seen.path) == ("POST", "/v1/videos/generations")
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["idempotency-key"] == SUBMIT_KEY
    assert seen.headers["content-type"] == "application/json"
    assert seen.body == {
        "model": "grok-imagine-text-to-video",
        "prompt": "a paper boat on a rainy street",
        "duration": 6,
        "mode": "normal",
        "aspect_ratio": "16:9",
    }


async def test_quality_and_callback_are_sent_where_there_are_any(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(200, task_json())
    callback_url = "https://clapper.example/callbacks/evolink/t"

    await client.create(
        make_request(quality="720p"), key=SUBMIT_KEY, callback_url=callback_url
    )

    assert evolink.requests[0].body["quality"] == "720p"
    assert evolink.requests[0].body["callback_url"] == callback_url


async def test_any_prompt_arrives_as_it_was_typed(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(200, task_json())
    prompt = "a \"fox\"\n\u2028 \U0001f98a \x00 {'x': 1} \ud800"

    await client.create(make_request(prompt=prompt), key=SUBMIT_KEY)

    assert evolink.requests[0].body["prompt"] == prompt


async def test_an_acceptance_tells_what_was_promised(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """The model may be another than the one asked for, and credits have decimals."""
    evolink.says(
        200,
        task_json(
            model="grok-imagine-text-to-video-beta", usage={"credits_reserved": 4.92}
        ),
        Idempotency_Replayed="true",
    )

    assert await create(client) == Accepted(
        task_id=TaskId(TASK_ID),
        model="grok-imagine-text-to-video-beta",
        estimated_time_s=120,
        credits_reserved=4.92,
        replayed=True,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"id": TASK_ID},
        {"task_id": TASK_ID},
        {"id": None, "task_id": TASK_ID, "task_info": None, "usage": "?", "model": 7},
        {"id": TASK_ID, "status": "failed", "error": "at once", "model": "a\nb"},
        {"id": TASK_ID, "task_info": {"estimated_time": -3}, "usage": []},
        {"id": TASK_ID, "task_info": {"estimated_time": 1e300}},
    ],
)
async def test_an_id_is_all_that_an_acceptance_needs(
    client: EvolinkClient, evolink: ScriptedEvolink, body: object
) -> None:
    """With the id the task can be read; without it the money is lost from sight."""
    evolink.says(200, body)

    assert await create(client) == Accepted(
        task_id=TaskId(TASK_ID),
        model="grok-imagine-text-to-video",
        estimated_time_s=None,
        credits_reserved=None,
        replayed=False,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "task-unified-1" ' + b" " * BODY_MAX_BYTES + b"}",
        b"null",
        [],
        {},
        {"id": ""},
        {"id": {"nested": 1}},
        {"id": "../credits"},
        {"id": "x" * 1000},
        {"success": False, "message": "perhaps"},
        {"error": {"code": 401, "message": "in a good answer"}},
    ],
)
async def test_a_good_answer_without_an_id_may_have_been_paid(
    client: EvolinkClient, evolink: ScriptedEvolink, body: object
) -> None:
    evolink.says(200, body)

    with pytest.raises(EvolinkUnsure):
        await create(client)

    assert len(evolink.requests) == 1


@pytest.mark.parametrize("fault", ["cut before", "cut midway"])
async def test_a_connection_lost_after_the_request_leaves_the_outcome_open(
    client: EvolinkClient, evolink: ScriptedEvolink, fault: str
) -> None:
    """And no second request is made: only the caller may decide to pay again."""
    evolink.fails(fault)  # type: ignore[arg-type] # parametrized

    with pytest.raises(EvolinkUnsure, match="broke off"):
        await create(client)

    assert len(evolink.requests) == 1


@pytest.mark.parametrize("fault", ["silence", "hang midway"])
async def test_the_time_allowed_covers_the_body_too(
    session: aiohttp.ClientSession, evolink: ScriptedEvolink, fault: str
) -> None:
    impatient = EvolinkClient(
        session,
        base_url=evolink.base_url,
        api_key=SecretStr(KEY),
        create_timeout_s=0.3,
        count=ignored,
    )
    evolink.fails(fault)  # type: ignore[arg-type] # parametrized

    with pytest.raises(EvolinkUnsure, match=r"took longer than 0\.3 s"):
        await create(impatient)


async def test_broken_http_leaves_the_outcome_open(
    session: aiohttp.ClientSession,
) -> None:
    async def babble(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x00\x01 what?\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = EvolinkClient(
        session,
        base_url=f"http://127.0.0.1:{port}",
        api_key=SecretStr(KEY),
        count=ignored,
    )

    async with server:
        with pytest.raises(EvolinkUnsure) as caught:
            await create(client)

    # aiohttp's own error carries our headers in its repr.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_refused_connection_took_nothing(
    session: aiohttp.ClientSession,
) -> None:
    # A port that nobody listens on: bound for a moment, then given back.
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    client = EvolinkClient(
        session,
        base_url=f"http://127.0.0.1:{port}",
        api_key=SecretStr(KEY),
        count=ignored,
    )

    with pytest.raises(EvolinkUnavailable, match="did not leave"):
        await create(client)


async def test_a_request_that_never_got_a_connection_took_nothing(
    evolink: ScriptedEvolink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All connections were busy: no byte left, so nothing needs to be unsure."""
    monkeypatch.setattr(transport, "CONNECT_TIMEOUT_S", 0.2)
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as narrow:
        client = EvolinkClient(
            narrow, base_url=evolink.base_url, api_key=SecretStr(KEY), count=ignored
        )
        evolink.fails("silence")
        async with asyncio.TaskGroup() as group:
            first = group.create_task(narrow.get(evolink.base_url), name="busy")
            while not evolink.requests:  # noqa: ASYNC110 - the server's doing
                await asyncio.sleep(0.01)
            with pytest.raises(EvolinkUnavailable, match="did not leave"):
                await create(client)
            first.cancel()

    assert len(evolink.requests) == 1


async def test_a_redirect_is_not_followed(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """Our key must not travel to wherever an answer points."""
    evolink.says(307, b"", Location=f"{evolink.base_url}elsewhere")

    with pytest.raises(EvolinkUnsure):
        await create(client)

    assert [seen.path for seen in evolink.requests] == ["/v1/videos/generations"]


@pytest.mark.parametrize("key", ["", "too-short", "x" * 97, "run_0123456789abcde\n"])
async def test_a_key_of_another_form_is_not_sent(
    client: EvolinkClient, evolink: ScriptedEvolink, key: str
) -> None:
    with pytest.raises(ValueError, match="Idempotency-Key"):
        await client.create(make_request(), key=key)

    assert evolink.requests == []


async def test_the_same_request_is_the_same_bytes(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """A replay that differed would be a conflict instead of the old answer."""
    for _ in range(2):
        evolink.says(200, task_json())
        await create(client)

    first, second = evolink.requests
    assert list(first.body) == list(second.body) == sorted(first.body)
    assert first.headers == second.headers
