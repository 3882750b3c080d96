"""Whatever EvoLink answers is a result or one of our errors."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.strategies import SearchStrategy

from bot.errors import EvolinkError, EvolinkRefused, EvolinkUnavailable, EvolinkUnsure
from bot.evolink.client import EvolinkClient
from bot.ids import TaskId
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot
from tests.evolink.scripted import SUBMIT_KEY, TASK_ID, ScriptedEvolink
from tests.factories import make_request

pytestmark = pytest.mark.thorough

NAMES = [
    "id", "task_id", "status", "progress", "results", "result_data", "video_url",
    "error", "code", "message", "msg", "type", "fallback_suggestion", "request_id",
    "success", "data", "token", "user", "remaining_credits", "unlimited_credits",
    "usage", "credits_reserved", "credits_used", "cost", "credits", "task_info",
    "estimated_time", "model",
]  # fmt: skip
WORDS = [
    TASK_ID, "pending", "completed", "failed", "cancelled", "odd", "unauthorized",
    "content_filter", "paid_outcome_unknown", "task_not_found", "channel:x", "402",
    "retry after 5 seconds", "https://files.evolink.ai/a.mp4", "https://[", "\u2028",
]  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 402, 503])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
)


def nested(children: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.lists(children, max_size=4) | st.dictionaries(
        st.sampled_from(NAMES), children, max_size=8
    )


bodies = st.recursive(scalars, nested, max_leaves=25).map(
    lambda body: json.dumps(body).encode()
) | st.binary(max_size=60)
statuses = st.sampled_from([200, 200, 200, 201, 400, 403, 404, 409, 429, 500, 503])
retry_afters = st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=30
) | st.sampled_from(["5", "Thu, 15 Jan 2026 12:00:40 GMT", "-1"])

FUZZ = settings(
    max_examples=150,
    # The server answers each example independently of the one before.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(status=statuses, body=bodies, retry_after=retry_afters)
async def test_any_answer_is_a_result_or_one_of_our_errors(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    status: int,
    body: bytes,
    retry_after: str,
) -> None:
    """Whatever EvoLink says, no caller meets an exception it does not know."""
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: client.create(make_request(), key=SUBMIT_KEY),
        lambda: client.task(TaskId(TASK_ID)),
        lambda: client.tasks([TaskId(TASK_ID)]),
        client.credits,
    ]
    for call in calls:
        evolink.says(status, body, Retry_After=retry_after)
        try:
            result = await call()
        except EvolinkError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
        else:
            assert isinstance(result, (Accepted, TaskSnapshot, dict, Balance))
            assert status < 300 or result == {}


@FUZZ
@given(status=statuses.filter(lambda status: status >= 500), body=bodies)
async def test_after_a_5xx_nothing_is_certain_unless_a_known_code_says_so(
    client: EvolinkClient, evolink: ScriptedEvolink, status: int, body: bytes
) -> None:
    """Else a member would be told "not charged" for a clip that is being made."""
    evolink.says(status, body)

    try:
        await client.create(make_request(), key=SUBMIT_KEY)
    except (EvolinkRefused, EvolinkUnavailable) as error:
        assert error.code is not None  # noqa: PT017 - either outcome is right
    except EvolinkUnsure:
        """Nothing is certain, and it says so."""
    else:
        raise AssertionError
