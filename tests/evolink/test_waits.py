"""How long EvoLink asks to wait."""

from datetime import UTC, datetime

import pytest

from bot.errors import RateLimited
from bot.evolink.client import EvolinkClient
from bot.evolink.waits import retry_after_s
from bot.ids import TaskId
from tests.evolink.scripted import TASK_ID, ScriptedEvolink, old_complaint

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "suggestion", "wait_s"),
    [
        ("7", None, 7),
        (" 7.5 ", None, 7.5),
        ("0", None, 0),
        ("86400", None, 300),
        ("Thu, 15 Jan 2026 12:00:40 GMT", None, 40),
        ("Thu, 15 Jan 2026 13:00:40 +0100", None, 40),
        ("Thu, 15 Jan 2026 12:00:40", None, 40),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, 300),
        ("Thu, 15 Jan 2026 11:59:00 GMT", None, None),
        ("-5", None, None),
        ("soon", None, None),
        ("inf", None, None),
        ("1e3", None, None),
        ("\u0665", None, None),
        ("9" * 500, None, None),
        ("Thu, 99 Jan 2026 99:99:99 GMT", None, None),
        (None, None, None),
        ("", "", None),
        (None, "retry after 60 seconds", 60),
        (None, "Please retry after 30 seconds.", 30),
        (None, "Retry after 2 minutes", 120),
        (None, "retry after 9999 seconds", 300),
        (None, "https://evolink.ai/dashboard/billing", None),
        ("7", "retry after 60 seconds", 7),
        ("soon", "retry after 60 seconds", 60),
    ],
)
def test_the_wait_is_what_evolink_named_within_reason(
    header: str | None, suggestion: str | None, wait_s: float | None
) -> None:
    assert retry_after_s(header, suggestion, answered_at=NOON) == wait_s


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry_After": "12"}, 12),
        ({}, 60),
        # Both by the server's clock, however wrong ours may be.
        (
            {
                "Date": "Thu, 15 Jan 1998 12:00:00 GMT",
                "Retry_After": "Thu, 15 Jan 1998 12:00:09 GMT",
            },
            9,
        ),
    ],
)
async def test_a_refusal_for_haste_says_how_long_to_wait(
    client: EvolinkClient,
    evolink: ScriptedEvolink,
    headers: dict[str, str],
    wait_s: float,
) -> None:
    body = old_complaint(
        429, "rate_limit_error", fallback_suggestion="retry after 60 seconds"
    )
    evolink.says(429, body, **headers)

    with pytest.raises(RateLimited) as caught:
        await client.task(TaskId(TASK_ID))

    assert caught.value.retry_after_s == wait_s
