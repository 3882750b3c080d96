"""The charts' bars are as high as their numbers, and say them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs.states import JobState
from bot.operations.overview.values import Day
from bot.web.page.charts import HEIGHT, WIDTH, credits_chart, jobs_chart, waits_chart
from tests.web.page.sample import NOW, make_days, make_latest

TODAY = NOW.replace(hour=0, minute=0, second=0)


def test_a_day_is_a_stack_of_its_jobs() -> None:
    days = [
        Day(
            day=TODAY,
            ended={JobState.DELIVERED: 6, JobState.FAILED: 1, JobState.UNCONFIRMED: 1},
            credits=30.0,
        )
    ]

    chart = jobs_chart(days, NOW, 30)

    assert chart.top == "8 jobs"
    assert [(one.kind, one.height) for one in chart.parts] == [
        ("delivered", HEIGHT * 6 / 8),
        ("failed", HEIGHT * 2 / 8),
    ]
    lower, upper = chart.parts
    assert lower.y + lower.height == HEIGHT
    assert upper.y + upper.height == lower.y
    assert lower.x > WIDTH * 29 / 30
    assert lower.text == "18 Nov: 6 delivered, 2 failed, 0 other"
    assert chart.text == "6 delivered, 2 failed, 0 cancelled, denied or refused."
    assert len(chart.rows) == 30
    assert chart.rows[0] == ("18 Nov", "6", "2", "0")
    assert chart.rows[-1] == ("20 Oct", "0", "0", "0")


def test_days_beyond_the_chart_are_left_out() -> None:
    old = Day(day=TODAY - timedelta(days=30), ended={}, credits=9_999.0)

    chart = credits_chart([old, *make_days()], NOW, 30)

    assert len(chart.parts) == 30
    assert chart.top == "300 credits"
    assert all(one.y >= 0 for one in chart.parts)


@pytest.mark.parametrize("number", [0, 1])
def test_without_any_job_a_chart_is_empty_and_not_broken(number: int) -> None:
    days = [Day(day=TODAY, ended={}, credits=0.0)] * number

    of_jobs, of_credits = jobs_chart(days, NOW, 30), credits_chart(days, NOW, 30)

    assert (of_jobs.parts, of_jobs.top) == ([], "no jobs")
    assert (of_credits.parts, of_credits.top) == ([], "no credits")
    assert waits_chart([]) is None


def test_the_wait_of_each_job_is_a_bar_the_oldest_first() -> None:
    chart = waits_chart(make_latest())

    assert chart is not None
    assert len(chart.rows) == 49
    assert chart.rows[0][2] == "13 s"
    assert chart.text == "Half of 49 waited 23 s or less, the longest 46 s."
    assert chart.first < chart.last


def test_a_chart_of_one_speaks_of_one() -> None:
    day = Day(day=TODAY, ended={JobState.DELIVERED: 1}, credits=1.0)

    assert jobs_chart([day], NOW, 30).top == "1 job"
    assert credits_chart([day], NOW, 30).top == "1 credit"


@pytest.mark.parametrize(
    ("waits_s", "said"),
    [
        ([0.2, 0.4, 0.3], "None of them waited for as long as a second."),
        ([3.0], "The only one waited 3 s."),
        (
            [0.2, 0.3, 1.1],
            "Half of 3 waited less than a second, the longest 1 s.",
        ),
        ([2.0, 3.0, 61.0], "Half of 3 waited 3 s or less, the longest 1 min 1 s."),
    ],
)
def test_waits_are_told_in_words_that_make_sense(
    waits_s: Sequence[float], said: str
) -> None:
    latest = [
        replace(
            make_latest()[0],
            requested_at=NOW,
            first_submit_at=NOW + timedelta(seconds=wait_s),
        )
        for wait_s in waits_s
    ]

    chart = waits_chart(latest)

    assert chart is not None
    assert chart.text == said
