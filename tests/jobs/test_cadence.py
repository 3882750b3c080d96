"""When a task is asked about, and how long it is expected to take."""

import math
import random
from collections import deque
from dataclasses import replace
from statistics import fmean, quantiles

import pytest
from hypothesis import given, strategies as st

from bot.jobs.cadence import (
    ASSUMED_TOTAL_S,
    JITTER,
    LONGEST_BLIND_SLEEP_S,
    LONGEST_OVERDUE_SLEEP_S,
    LONGEST_SLEEP_S,
    SWEEP_EARLIEST_S,
    SWEEP_LATEST_S,
    SWEEP_S,
    TaskProgress,
    expected_total_s,
    jittered,
    next_poll_s,
    next_sweep_s,
)
from bot.jobs.durations import REMEMBERED, correction

seconds = st.floats(min_value=0, max_value=100_000)


def reading(**known: float | None) -> TaskProgress:
    """Return what is known of a task of which nothing is known but this."""
    fields: dict[str, float | None] = {
        "elapsed_s": 0.0,
        "progress": 0,
        "progress_elapsed_s": 0.0,
        "step": 0,
        "promised_s": 120.0,
    }
    return TaskProgress(**(fields | known))  # type: ignore[arg-type]


readings = st.builds(
    lambda elapsed_s, seen, progress, step, promised_s: TaskProgress(
        elapsed_s=elapsed_s,
        progress=progress,
        progress_elapsed_s=elapsed_s * seen,
        step=step,
        promised_s=promised_s,
    ),
    seconds,
    st.floats(0, 1),
    st.integers(0, 100),
    st.integers(0, 100),
    st.none() | st.floats(min_value=0.5, max_value=86_400),
)


@given(readings, st.floats(min_value=0.1, max_value=LONGEST_SLEEP_S))
def test_a_wait_is_never_too_short_and_never_too_long(
    known: TaskProgress, min_interval_s: float
) -> None:
    """Too short costs EvoLink a question, too long costs the member time."""
    wait_s = next_poll_s(known, min_interval_s=min_interval_s)

    assert min_interval_s <= wait_s <= LONGEST_SLEEP_S


@given(readings)
def test_an_operator_may_ask_for_longer_waits_than_ours(known: TaskProgress) -> None:
    """The configured minimum holds whatever the policy would like."""
    assert next_poll_s(known, min_interval_s=60) == 60


@given(readings)
def test_the_expected_duration_is_a_number_above_zero(known: TaskProgress) -> None:
    total_s = expected_total_s(known)

    assert math.isfinite(total_s)
    assert total_s >= 0


@given(st.floats(10, 1000), st.floats(10, 1000))
def test_a_longer_promise_never_makes_the_first_question_earlier(
    one_s: float, other_s: float
) -> None:
    """The first question rests on the promise alone."""
    shorter_s, longer_s = sorted((one_s, other_s))

    assert next_poll_s(reading(promised_s=shorter_s), min_interval_s=2) <= next_poll_s(
        reading(promised_s=longer_s), min_interval_s=2
    )


@given(st.floats(300, 5000), st.floats(300, 5000))
def test_the_longer_a_task_is_overdue_the_less_it_is_asked_about(
    one_s: float, other_s: float
) -> None:
    """A stuck task must not be asked about every two seconds for an hour."""
    sooner_s, later_s = sorted((one_s, other_s))
    sooner, later = (
        next_poll_s(reading(elapsed_s=at_s), min_interval_s=2)
        for at_s in (sooner_s, later_s)
    )

    assert 2 <= sooner <= later <= LONGEST_OVERDUE_SLEEP_S


def test_a_task_just_overdue_is_asked_about_at_once_and_a_stuck_one_seldom() -> None:
    assert next_poll_s(reading(elapsed_s=229), min_interval_s=2) == pytest.approx(2.06)
    assert next_poll_s(reading(elapsed_s=3600), min_interval_s=2) == 12


def test_a_task_without_progress_is_asked_about_more_often_towards_its_end() -> None:
    """There is nothing else to go by: a long sleep then would be a long delay."""
    assert next_poll_s(reading(elapsed_s=20), min_interval_s=2) == LONGEST_SLEEP_S
    assert next_poll_s(reading(elapsed_s=90), min_interval_s=2) == (
        LONGEST_BLIND_SLEEP_S
    )


def test_progress_overrules_a_promise_that_cannot_be_true() -> None:
    """Half done after 100 s is not a task of 60 s, nor one of 1000 s."""
    known = {"elapsed_s": 100.0, "progress": 50, "progress_elapsed_s": 100.0, "step": 5}

    for promised_s in (60.0, 1000.0):
        total_s = expected_total_s(reading(promised_s=promised_s, **known))
        assert 100 / 0.55 <= total_s <= 200


def test_without_a_promise_evolinks_own_example_is_assumed() -> None:
    assert expected_total_s(reading(promised_s=None)) == ASSUMED_TOTAL_S
    assert expected_total_s(reading(promised_s=0)) == ASSUMED_TOTAL_S


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_jitter_is_a_tenth_and_never_undercuts_the_minimum(
    wait_s: float, at_least_s: float
) -> None:
    result_s = jittered(wait_s, at_least_s=at_least_s)

    assert at_least_s <= result_s
    assert wait_s * (1 - JITTER) - 1e-9 <= result_s
    assert result_s <= max(wait_s * (1 + JITTER), at_least_s) + 1e-9


def test_jitter_differs_from_one_time_to_the_next() -> None:
    """What became due together must not stay together."""
    assert len({jittered(10.0) for _ in range(20)}) > 10


def _follow(
    task_s: float, step: int, promised_s: float, chance: random.Random
) -> tuple[int, float]:
    """Follow one task that progresses evenly; return its polls and the delay in s."""
    elapsed_s, progress, progress_elapsed_s, rise, polls = 0.0, 0, 0.0, 0, 0
    while elapsed_s < task_s:
        known = reading(
            elapsed_s=elapsed_s,
            progress=progress,
            progress_elapsed_s=progress_elapsed_s,
            step=rise,
            promised_s=promised_s,
        )
        wait_s = next_poll_s(known, min_interval_s=2.0) * chance.uniform(0.9, 1.1)
        elapsed_s += max(wait_s, 2.0)
        polls += 1
        shown = int(100 * elapsed_s / task_s) // step * step
        if shown > progress:
            rise = min(rise or shown - progress, shown - progress)
            progress, progress_elapsed_s = shown, elapsed_s
    return polls, elapsed_s - task_s


@pytest.mark.parametrize("promised_s", [60, 120, 240])
@pytest.mark.parametrize("step", [1, 10])
def test_few_questions_find_the_end_soon(step: int, promised_s: float) -> None:
    """What we hold ourselves to, also where EvoLink promises half or double.

    The tasks are those of the benchmarks: lognormal with a median of 120 s, and one in
    twenty fails early. What they took is remembered, as it is by Clapper. The seed is
    fixed, so this is arithmetic and cannot fail by chance.
    """
    chance = random.Random(7)  # noqa: S311 - the same every time
    shares: deque[float] = deque(maxlen=REMEMBERED)
    polls: list[int] = []
    delays_s: list[float] = []
    for _ in range(2000):
        task_s = 120 * math.exp(chance.gauss(0, 0.35))
        fails = chance.random() < 0.05
        if fails:
            task_s *= chance.uniform(0.05, 0.5)
        asked, delay_s = _follow(task_s, step, promised_s * correction(shares), chance)
        polls.append(asked)
        if not fails:
            delays_s.append(delay_s)
            shares.append((task_s + delay_s) / promised_s)

    assert fmean(polls) <= 9.5
    assert fmean(delays_s) <= 1.4
    assert quantiles(delays_s, n=20)[-1] <= 3.7


@pytest.mark.parametrize("promised_s", [60, 240])
@pytest.mark.parametrize("step", [1, 10])
def test_a_wrong_promise_alone_makes_nobody_wait(step: int, promised_s: float) -> None:
    """The first tasks after a start, and those of a kind that nobody asked for yet."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    followed = [
        _follow(120 * math.exp(chance.gauss(0, 0.35)), step, promised_s, chance)
        for _ in range(2000)
    ]

    polls, delays_s = zip(*followed, strict=True)
    assert fmean(polls) <= 10.0
    assert fmean(delays_s) <= 2.0
    assert quantiles(delays_s, n=20)[-1] <= 4.5


@given(readings, st.floats(0.5, 2.0))
def test_what_tasks_took_lately_corrects_the_promise(
    known: TaskProgress, share: float
) -> None:
    """A task that usually takes double is one that was promised to take double."""
    corrected = replace(
        known, promised_s=known.promised_s or ASSUMED_TOTAL_S, correction=share
    )
    promised = replace(known, promised_s=corrected.foreseen_s)

    assert expected_total_s(corrected) == expected_total_s(promised)
    assert next_poll_s(corrected, min_interval_s=2) == next_poll_s(
        promised, min_interval_s=2
    )


@given(readings)
def test_where_callbacks_tell_the_end_questions_are_rare(known: TaskProgress) -> None:
    assert SWEEP_EARLIEST_S <= next_sweep_s(known) <= SWEEP_LATEST_S


def test_a_lost_callback_is_found_out_soon_after_the_task_should_have_ended() -> None:
    """At 120 s most tasks of 120 s still run: a question then would be wasted."""
    known = reading(elapsed_s=60, progress=40, progress_elapsed_s=58, step=10)

    asked_at_s = 60 + next_sweep_s(known)

    assert expected_total_s(known) + 10 < asked_at_s < expected_total_s(known) + 30


@pytest.mark.parametrize("elapsed_s", [0, 20, 115, 3600])
def test_where_the_end_is_far_or_past_there_is_a_question_a_minute(
    elapsed_s: float,
) -> None:
    """Progress is to be seen meanwhile, and a stuck task is not given up."""
    assert next_sweep_s(reading(elapsed_s=elapsed_s)) == SWEEP_S


def test_the_last_little_doubt_is_waited_for_whole() -> None:
    """One poll at its end finds the task done; two before it would be wasted."""
    known = reading(elapsed_s=118.5, progress=99, progress_elapsed_s=118.5, step=1)

    assert next_poll_s(known, min_interval_s=1) == pytest.approx(118.5 / 0.99 - 118.5)
