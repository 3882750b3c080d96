"""The steps that a job may take, and what each does to its reservation."""

from itertools import product

import pytest

from bot.jobs.states import (
    AT_ONCE_STATES,
    BEING_MADE_STATES,
    CANCELLABLE_STATES,
    OPEN_STATES,
    TRANSITIONS,
    JobState as S,
    QuotaEffect as Q,
    may_follow,
)

# The life of a job, written down a second time and in another shape: what a state
# leads to, and what each step does to the member's quota.
LIFE: dict[S, dict[S, Q]] = {
    S.RECEIVED: {
        S.QUEUED: Q.RESERVE,
        S.AWAITING_REVIEW: Q.RESERVE,
        S.REFUSED: Q.NONE,
    },
    S.REFUSED: {},
    S.AWAITING_REVIEW: {
        S.QUEUED: Q.NONE,
        S.DENIED: Q.RELEASE,
        S.CANCELLED: Q.RELEASE,
        S.UNDELIVERABLE: Q.RELEASE,
    },
    S.QUEUED: {
        S.SUBMITTING: Q.NONE,
        S.CANCELLED: Q.RELEASE,
        S.FAILED: Q.RELEASE,
        S.UNDELIVERABLE: Q.RELEASE,
    },
    S.SUBMITTING: {
        S.GENERATING: Q.NONE,
        S.QUEUED: Q.NONE,
        S.FAILED: Q.RELEASE,
        S.UNCONFIRMED: Q.RELEASE,
        S.CANCELLED: Q.SETTLE,
        S.UNDELIVERABLE: Q.RELEASE,
    },
    S.GENERATING: {
        S.DELIVERING: Q.NONE,
        S.FAILED: Q.RELEASE,
        S.CANCELLED: Q.SETTLE,
        S.UNDELIVERABLE: Q.RELEASE,
    },
    S.DELIVERING: {
        S.DELIVERED: Q.SETTLE,
        S.FAILED: Q.RELEASE,
        S.UNDELIVERABLE: Q.RELEASE,
    },
    S.FAILED: {S.DELIVERING: Q.NONE},
    S.UNCONFIRMED: {S.DELIVERING: Q.NONE, S.FAILED: Q.NONE, S.DELIVERED: Q.NONE},
    S.DELIVERED: {},
    S.DENIED: {},
    S.CANCELLED: {},
    S.UNDELIVERABLE: {},
}


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_a_job_takes_only_the_steps_of_its_life(old: S, new: S) -> None:
    """Every pair of states, so that no step is allowed by accident."""
    assert may_follow(old, new) is (new in LIFE[old])
    assert TRANSITIONS.get((old, new)) == LIFE[old].get(new)


def test_a_reservation_is_made_once_on_every_way_through_life() -> None:
    """Only `received` reserves, and nothing leads back to it."""
    assert all(S.RECEIVED not in after for after in LIFE.values())
    assert {old for (old, _), effect in TRANSITIONS.items() if effect is Q.RESERVE} == {
        S.RECEIVED
    }


@pytest.mark.parametrize("end", sorted(set(S) - OPEN_STATES - {S.REFUSED}))
def test_whoever_reserved_has_settled_or_released_at_the_end(end: S) -> None:
    """Follow every way from a reservation to an end: something has closed it."""

    def ways(state: S, effects: tuple[Q, ...], seen: tuple[S, ...]) -> None:
        if state is end:
            assert {Q.SETTLE, Q.RELEASE} & set(effects), seen
        for new, effect in LIFE[state].items():
            if new not in seen:
                ways(new, (*effects, effect), (*seen, new))

    ways(S.QUEUED, (), (S.QUEUED,))
    ways(S.AWAITING_REVIEW, (), (S.AWAITING_REVIEW,))


def test_somebody_waits_exactly_in_the_open_states() -> None:
    """Open states can still end; those that are not open are ends, late clips aside."""
    assert {
        S.RECEIVED,
        S.AWAITING_REVIEW,
        S.QUEUED,
        S.SUBMITTING,
        S.GENERATING,
        S.DELIVERING,
    } == OPEN_STATES
    assert OPEN_STATES - {S.RECEIVED, S.AWAITING_REVIEW} == AT_ONCE_STATES


def test_what_may_be_cancelled_leads_to_cancelled() -> None:
    """The sets that use cases go by must agree with the table."""
    assert {s for s in S if may_follow(s, S.CANCELLED)} == CANCELLABLE_STATES
    assert {s for s in S if TRANSITIONS.get((s, S.CANCELLED)) is Q.SETTLE} == (
        BEING_MADE_STATES
    )


def test_the_stored_words_never_change() -> None:
    """They stand in databases that a newer version opens."""
    assert " ".join(S) == (
        "received refused awaiting_review queued submitting generating delivering"
        " delivered denied cancelled failed unconfirmed undeliverable"
    )
