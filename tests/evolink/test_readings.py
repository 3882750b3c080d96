"""Reading tasks and the balance."""

import aiohttp
import pytest
from pydantic import SecretStr

from bot.errors import (
    AccountRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    NoSuchEndpoint,
    RateLimited,
    TaskUnknown,
)
from bot.evolink.client import EvolinkClient
from bot.ids import TaskId
from bot.jobs.tasks import Balance, TaskSnapshot, TaskStatus
from tests.callbacks import ignored
from tests.evolink.scripted import (
    KEY,
    TASK_ID,
    ScriptedEvolink,
    complaint,
    old_complaint,
    task_json,
)

ID = TaskId(TASK_ID)
OTHER = TaskId("task-unified-1771000001-00000000")
INVALID = "invalid_request_error"


async def test_a_task_is_read_with_our_key(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    evolink.says(200, task_json())

    report = await client.task(ID)

    assert report == TaskSnapshot(
        task_id=ID, status=TaskStatus.RUNNING, progress=40, estimated_time_s=120
    )
    (seen,) = evolink.requests
    assert (seen.method, seen.path) == ("GET", f"/v1/tasks/{TASK_ID}")
    assert seen.headers["authorization"] == f"Bearer {KEY}"


EVERYWHERE = [
    (401, complaint("unauthorized", "authentication_error"), AccountRefused),
    (401, old_complaint(401, "authentication_error"), AccountRefused),
    (401, b"", AccountRefused),
    (402, complaint("quota_exceeded", "insufficient_quota"), AccountRefused),
    (402, old_complaint(402, "insufficient_quota_error"), AccountRefused),
    (403, complaint("key_disabled", INVALID), AccountRefused),
    (408, b"", EvolinkUnavailable),
    (429, complaint("rate_limit_exceeded", "evo_api_error"), RateLimited),
    (429, old_complaint(429, "rate_limit_error"), RateLimited),
    (500, complaint("internal_error", "api_error"), EvolinkUnavailable),
    (500, old_complaint(500, "internal_server_error"), EvolinkUnavailable),
    (502, old_complaint(502, "upstream_error"), EvolinkUnavailable),
    (502, b"<html>Bad Gateway</html>", EvolinkUnavailable),
    (503, old_complaint(503, "service_unavailable_error"), EvolinkUnavailable),
    (400, complaint("channel:no_available_key", "evo_api_error"), EvolinkUnavailable),
    (302, b"", EvolinkConfused),
    (418, {"message": "teapot"}, EvolinkConfused),
    (200, b"", EvolinkConfused),
    (200, b"<html>", EvolinkConfused),
    (200, b"NaN", EvolinkConfused),
    (200, [], EvolinkConfused),
    (200, {}, EvolinkConfused),
    (200, {"success": False, "message": "hiccup"}, EvolinkConfused),
    (200, {"success": False, "code": 401, "message": "no"}, AccountRefused),
    (200, {"error": {"code": "key_expired"}}, AccountRefused),
    (200, {"error": {"code": 503}}, EvolinkUnavailable),
]


@pytest.mark.parametrize("call", ["task", "tasks", "credits"])
@pytest.mark.parametrize(("status", "body", "kind"), EVERYWHERE)
async def test_what_a_bad_answer_to_any_question_means(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    call: str,
    status: int,
    body: object,
    kind: type[EvolinkError],
) -> None:
    evolink.says(status, body)

    with pytest.raises(EvolinkError) as caught:
        await ask(client, call)

    assert type(caught.value) is kind


async def ask(client: EvolinkClient, call: str) -> object:
    if call == "task":
        return await client.task(ID)
    return await (client.tasks([ID, OTHER]) if call == "tasks" else client.credits())


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, complaint("invalid_task_id", INVALID, param="task_id"), TaskUnknown),
        (400, old_complaint(400, INVALID), TaskUnknown),
        (403, complaint("permission_denied", INVALID), TaskUnknown),
        (403, old_complaint(403, "permission_error"), TaskUnknown),
        (404, complaint("task_not_found", INVALID), TaskUnknown),
        (404, old_complaint(404, "not_found_error"), TaskUnknown),
        (404, complaint("resource_not_found", "task_error"), TaskUnknown),
        (404, {"error": "gone"}, TaskUnknown),
        (410, {"message": "expired"}, TaskUnknown),
        (404, b"<html>nginx</html>", EvolinkConfused),
        (403, b"<html>who are you?</html>", EvolinkConfused),
        (404, {}, EvolinkConfused),
        (405, b"", EvolinkConfused),
    ],
)
async def test_a_task_is_unknown_only_if_evolink_itself_says_so(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    status: int,
    body: object,
    kind: type[EvolinkError],
) -> None:
    """A proxy's error page must not cost a member the clip."""
    evolink.says(status, body)

    with pytest.raises(EvolinkError) as caught:
        await client.task(ID)

    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "body",
    [
        task_json(id=str(OTHER)),
        task_json(id=None),
        task_json(status=None),
        task_json(status=3),
    ],
)
async def test_an_answer_that_is_not_the_task_asked_for_is_not_believed(
    client: EvolinkClient, evolink: ScriptedEvolink, body: object
) -> None:
    evolink.says(200, body)

    with pytest.raises(EvolinkConfused):
        await client.task(ID)


@pytest.mark.parametrize("forged", ["", "..", "../credits", "a/b", "a?b=c", "a\r\nb"])
async def test_an_id_that_cannot_be_one_is_not_asked_for(
    client: EvolinkClient, evolink: ScriptedEvolink, forged: str
) -> None:
    """Callbacks are unsigned, so an id may come from anybody."""
    with pytest.raises(TaskUnknown):
        await client.task(TaskId(forged))

    assert await client.tasks([TaskId(forged)]) == {}
    assert evolink.requests == []


@pytest.mark.parametrize(
    "fault", ["cut before", "cut midway", "silence", "hang midway"]
)
async def test_an_answer_that_does_not_arrive_may_be_asked_for_again(
    session: aiohttp.ClientSession, evolink: ScriptedEvolink, fault: str
) -> None:
    impatient = EvolinkClient(
        session,
        base_url=evolink.base_url,
        api_key=SecretStr(KEY),
        read_timeout_s=0.5,
        count=ignored,
    )
    evolink.fails(fault)  # type: ignore[arg-type] # parametrized

    with pytest.raises(EvolinkUnavailable):
        await impatient.task(ID)


async def test_a_batch_reports_each_task_that_can_be_read(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """One bad entry spoils no other; what is missing is asked for singly."""
    ended = TaskId("task-unified-1771000002-00000000")
    evolink.says(
        200,
        {
            "data": [
                task_json(),
                task_json(id=OTHER, status=None),
                task_json(id=ended, status="completed", has_results=True),
                task_json(id="task-unified-1-notasked"),
                "noise",
                None,
                {"id": ["?"]},
            ]
        },
    )

    reports = await client.tasks([ID, OTHER, ended])

    assert set(reports) == {ID}
    assert reports[ID].progress == 40
    (seen,) = evolink.requests
    assert (seen.method, seen.path) == ("POST", "/v1/tasks/batch")
    assert seen.body == {"task_ids": sorted([ID, OTHER, ended])}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, complaint("invalid_task_id", INVALID)),
        (403, complaint("permission_denied", INVALID)),
        (404, complaint("task_not_found", INVALID)),
    ],
)
async def test_a_batch_refused_for_one_task_condemns_none(
    client: EvolinkClient, evolink: ScriptedEvolink, status: int, body: object
) -> None:
    """The answer does not say which one it means, so each is to be asked singly."""
    evolink.says(status, body)

    assert await client.tasks([ID, OTHER]) == {}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, complaint("not_found", INVALID)),
        (404, old_complaint(404, "not_found_error")),
        (404, b"404 page not found"),
        (405, b""),
        (405, old_complaint(405, INVALID)),
        (400, old_complaint(400, INVALID)),
        (501, b""),
    ],
)
async def test_an_api_without_the_batch_call_is_recognised(
    client: EvolinkClient, evolink: ScriptedEvolink, status: int, body: object
) -> None:
    evolink.says(status, body)

    with pytest.raises(NoSuchEndpoint):
        await client.tasks([ID, OTHER])


@pytest.mark.parametrize("body", [{"data": None}, {"data": {}}, {"tasks": []}, [1]])
async def test_a_batch_without_a_list_is_an_error(
    client: EvolinkClient, evolink: ScriptedEvolink, body: object
) -> None:
    evolink.says(200, body)

    with pytest.raises(EvolinkConfused):
        await client.tasks([ID])


async def test_more_than_fifty_ids_are_a_mistake_of_ours(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    with pytest.raises(ValueError, match="50"):
        await client.tasks([TaskId(f"task-unified-{n}") for n in range(51)])

    assert evolink.requests == []


@pytest.mark.parametrize(
    ("token", "user", "spendable"),
    [
        ({"remaining_credits": 812.5}, {"remaining_credits": 64.2}, 64.2),
        ({"remaining_credits": 12.5}, {"remaining_credits": 64.2}, 12.5),
        (
            {"remaining_credits": 0, "unlimited_credits": True},
            {"remaining_credits": 64.2},
            64.2,
        ),
        (None, {"remaining_credits": 64.2}, 64.2),
        ({"remaining_credits": 12.5}, "?", 12.5),
        ({"remaining_credits": None}, {"remaining_credits": -3}, -3),
    ],
)
async def test_the_balance_is_the_account_s_bounded_by_the_key_s(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    token: object,
    user: object,
    spendable: float,
) -> None:
    evolink.says(200, {"success": True, "data": {"token": token, "user": user}})

    assert await client.credits() == Balance(spendable=spendable)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, b"", AccountRefused),
        (404, b"", NoSuchEndpoint),
        (
            200,
            {"success": True, "data": {"token": {"unlimited_credits": True}}},
            EvolinkConfused,
        ),
        (200, {"success": True, "data": []}, EvolinkConfused),
        (
            200,
            {"success": False, "data": {"user": {"remaining_credits": 5}}},
            EvolinkConfused,
        ),
    ],
)
async def test_an_answer_that_tells_no_balance_is_an_error(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    status: int,
    body: object,
    kind: type[EvolinkError],
) -> None:
    evolink.says(status, body)

    with pytest.raises(EvolinkError) as caught:
        await client.credits()

    assert type(caught.value) is kind
