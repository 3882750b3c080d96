"""Tasks as EvoLink describes them, in our words."""

import pytest
from structlog.testing import capture_logs

from bot.evolink.client import EvolinkClient
from bot.ids import TaskId
from bot.jobs.failures import EVOLINK_FAILURES, Failure
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from tests.evolink.scripted import TASK_ID, ScriptedEvolink, task_json

ID_BYTES = TASK_ID.encode()
URL = "https://files.evolink.ai/acct1/videos/2026/02/13/file_0f.mp4"


@pytest.fixture
def read(client: EvolinkClient, evolink: ScriptedEvolink) -> "Read":
    return Read(client, evolink)


class Read:
    """Reads one task that has these members."""

    def __init__(self, client: EvolinkClient, evolink: ScriptedEvolink) -> None:
        self._client = client
        self._evolink = evolink

    async def __call__(self, **changes: object) -> TaskSnapshot:
        self._evolink.says(200, task_json(**changes))
        return await self._client.task(TaskId(TASK_ID))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (0, 0),
        (99.9, 99),
        (100, 100),
        (250, 100),
        (-5, 0),
        ("45", 45),
        ("45%", 45),
        ("soon", 0),
        (None, 0),
        (True, 0),
        ([50], 0),
        (10**400, 0),
    ],
)
async def test_progress_is_a_percentage_whatever_came(
    read: Read, told: object, shown: int
) -> None:
    assert (await read(progress=told)).progress == shown


@pytest.mark.parametrize("status", ["pending", "processing", "Processing"])
async def test_an_unfinished_task_runs(read: Read, status: str) -> None:
    report = await read(status=status, results=[URL], error={"code": "service_error"})

    assert report.status is TaskStatus.RUNNING
    assert report.result_url is None
    assert report.failure is None


async def test_an_unknown_status_runs_and_is_logged_once(read: Read) -> None:
    with capture_logs() as logs:
        statuses = [
            (await read(status=status)).status
            for status in ("meditating", "meditating", "paused\nforged")
        ]

    assert statuses == [TaskStatus.RUNNING] * 3
    assert [entry["status"] for entry in logs] == ["meditating", "unprintable"]


@pytest.mark.parametrize(
    "told",
    [
        {"results": [URL]},
        {
            "results": [
                None,
                7,
                {"url": "x"},
                "",
                "no address",
                URL,
                "https://b.example",
            ]
        },
        {"results": f" {URL} "},
        {"results": [], "result_data": [{}, "x", {"video_url": URL}]},
        {"results": None, "result_data": {"video_url": URL}},
        {
            "results": ["ftp://host/clip", "https:///clip", "https://[bad"],
            "result_data": {"video_url": URL},
        },
    ],
)
async def test_the_result_is_the_first_usable_address(
    read: Read, told: dict[str, object]
) -> None:
    report = await read(status="completed", progress=0, **told)

    assert report.status is TaskStatus.COMPLETED
    assert report.progress == 100
    assert report.result_url == URL


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"results": []},
        {"results": None},
        {"results": ["https://a.example/\nforged", "javascript:x"]},
        {"results": ["https://a.example/" + "x" * 5000]},
        {"result_data": {}},
    ],
)
async def test_completed_without_a_usable_address_has_none(
    read: Read, told: dict[str, object]
) -> None:
    report = await read(status="completed", **told)

    assert (report.status, report.result_url) == (TaskStatus.COMPLETED, None)


@pytest.mark.parametrize("failure", sorted(EVOLINK_FAILURES))
async def test_each_documented_failure_keeps_its_name(
    read: Read, failure: Failure
) -> None:
    error = {"code": failure.value, "message": "a\nb", "type": "task_error"}
    report = await read(status="failed", progress=0, error=error)

    assert (report.status, report.failure) == (TaskStatus.FAILED, failure)
    assert report.result_url is None


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (None, Failure.UNKNOWN_ERROR),
        ({}, Failure.UNKNOWN_ERROR),
        ([], Failure.UNKNOWN_ERROR),
        ("it broke", Failure.UNKNOWN_ERROR),
        ("service_error", Failure.SERVICE_ERROR),
        ({"code": 500}, Failure.UNKNOWN_ERROR),
        ({"code": "never_heard_of"}, Failure.UNKNOWN_ERROR),
        # One of our own codes means nothing when EvoLink says it.
        ({"code": "gave_up"}, Failure.UNKNOWN_ERROR),
        ({"code": "content_filter"}, Failure.CONTENT_POLICY_VIOLATION),
        ({"code": "upstream_error"}, Failure.SERVICE_ERROR),
        ({"code": "internal_error"}, Failure.SERVICE_ERROR),
        ({"code": "model_unavailable"}, Failure.SERVICE_UNAVAILABLE),
        ({"code": "no_available_channel"}, Failure.SERVICE_UNAVAILABLE),
        ({"code": "channel:no_quota"}, Failure.SERVICE_UNAVAILABLE),
        ({"code": "rate_limit_exceeded"}, Failure.RATE_LIMITED),
        ({"code": "rate_limit_error"}, Failure.RATE_LIMITED),
        ({"code": " Rate_Limited "}, Failure.RATE_LIMITED),
        ({"code": "insufficient_quota"}, Failure.QUOTA_EXCEEDED),
        ({"code": "invalid_request"}, Failure.INVALID_PARAMETERS),
        ({"code": "image_too_large"}, Failure.PICTURE_REFUSED),
        ({"code": "image_download_failed"}, Failure.PICTURE_REFUSED),
        ({"code": "task_not_found"}, Failure.RESOURCE_NOT_FOUND),
    ],
)
async def test_other_failures_are_understood_as_far_as_possible(
    read: Read, error: object, failure: Failure
) -> None:
    report = await read(status="failed", error=error)

    assert (report.status, report.failure) == (TaskStatus.FAILED, failure)


@pytest.mark.parametrize("status", ["cancelled", "canceled"])
async def test_a_cancelled_task_says_so(read: Read, status: str) -> None:
    report = await read(status=status)

    assert report.status is TaskStatus.CANCELLED
    assert report.failure is Failure.REQUEST_CANCELLED


@pytest.mark.parametrize(
    ("usage", "credits_used"),
    [
        ({"credits_used": 4.92, "cost": {"credits": 5}}, 4.92),
        ({"cost": {"credits": 5}}, 5),
        ({"credits_used": 0}, 0),
        ({"credits_used": -1}, None),
        ({"credits_reserved": 5}, None),
        ("?", None),
        (None, None),
    ],
)
async def test_what_was_charged_is_told_where_it_is_known(
    read: Read, usage: object, credits_used: float | None
) -> None:
    report = await read(status="completed", results=[URL], usage=usage)

    assert report.credits_used == credits_used


async def test_a_number_beyond_all_bounds_is_none(
    client: EvolinkClient, evolink: ScriptedEvolink
) -> None:
    """JSON knows 1e999, and no database does."""
    usage = b'"usage": {"credits_used": 1e999}, "task_info": {"estimated_time": 1e999}'
    evolink.says(200, b'{"id": "%s", "status": "pending", %s}' % (ID_BYTES, usage))

    report = await client.task(TaskId(TASK_ID))

    assert report.credits_used is None
    assert report.estimated_time_s is None


async def test_evolink_s_words_on_a_failure_are_in_the_log(read: Read) -> None:
    """The operator needs them; the report, which reaches people, has none."""
    error = {"code": "service_error", "message": "worker-17 lost\r\n[INFO] forged=1"}

    with capture_logs() as logs:
        report = await read(status="failed", error=error)

    (entry,) = logs
    assert entry["words"] == "worker-17 lost [INFO] forged=1"
    assert entry["task_id"] == TASK_ID
    assert "worker-17" not in repr(report)
