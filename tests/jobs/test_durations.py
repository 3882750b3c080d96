"""What tasks really take, beside what was promised for them."""

from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from bot.jobs.cadence import ASSUMED_TOTAL_S
from bot.jobs.durations import (
    FEWEST,
    LEAST,
    MOST,
    REMEMBERED,
    RecentDurations,
    TaskDuration,
    TaskKind,
    correction,
)
from bot.jobs.video import VideoRequest
from tests.factories import make_request

USUAL = make_request()


def took(seconds: float, **known: object) -> TaskDuration:
    """Return a task of the usual kind, of which 100 s were promised."""
    fields: dict[str, object] = {
        "kind": TaskKind.of(USUAL),
        "seconds": seconds,
        "promised_s": 100.0,
        "polls": 20,
    }
    return TaskDuration(**(fields | known))  # type: ignore[arg-type]


def after(tasks: Iterable[TaskDuration]) -> float:
    """Return what is thought of the usual kind after these."""
    return RecentDurations(tasks).correction(USUAL)


def test_too_few_tasks_prove_nothing() -> None:
    assert after([took(150.0)] * (FEWEST - 1)) == 1.0
    assert after([took(150.0)] * FEWEST) == 1.5


def test_a_few_odd_tasks_change_nothing() -> None:
    """One that hung for ten minutes says nothing about the next one."""
    assert after([took(120.0)] * 10 + [took(600.0)] * 4) == 1.2


@given(st.lists(st.floats(0, 1000)))
def test_a_promise_is_never_corrected_beyond_bounds(shares: list[float]) -> None:
    """However odd the tasks were, it stays a promise."""
    assert LEAST <= correction(shares) <= MOST


def test_tasks_of_older_days_are_forgotten() -> None:
    """A busy season ends, and then tasks are as quick as ever."""
    busy, quick = [took(200.0)] * 500, [took(80.0)] * REMEMBERED

    assert after(busy) == 2.0
    assert after(busy + quick) == 0.8


@pytest.mark.parametrize(
    "other",
    [
        make_request(duration_s=10),
        make_request(model="grok-imagine-text-to-video-beta"),
        make_request(quality="720p"),
    ],
    ids=["length", "model", "quality"],
)
def test_each_kind_of_request_is_remembered_by_itself(other: VideoRequest) -> None:
    """A longer clip takes longer, and says nothing about a short one."""
    durations = RecentDurations(took(170.0, kind=TaskKind.of(other)) for _ in range(9))

    assert durations.correction(other) == 1.7
    assert durations.correction(USUAL) == 1.0


def test_what_is_asked_for_in_other_words_is_of_the_same_kind() -> None:
    durations = RecentDurations([took(140.0)] * 9)

    assert durations.correction(make_request(prompt="a fox", mode="fun")) == 1.4


def test_a_task_that_nobody_watched_says_nothing() -> None:
    """It may have ended hours before Clapper was started again."""
    assert after([took(8000.0, polls=6)] * 50) == 1.0


def test_with_callbacks_few_questions_are_enough() -> None:
    """Then there is one a minute, and the end is known at once."""
    assert after([took(130.0, polls=2)] * FEWEST) == 1.3


def test_without_a_promise_the_assumed_one_is_corrected() -> None:
    tasks = [took(1.5 * ASSUMED_TOTAL_S, promised_s=None)] * FEWEST

    assert after(tasks) == 1.5


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_a_clock_that_was_set_back_teaches_nothing(seconds: float) -> None:
    assert after([took(seconds)] * 50) == 1.0
