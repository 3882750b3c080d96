"""When a shard may come back: arithmetic, by a clock of our own."""

import pytest

from cogs.gateway.pace import (
    FEW_LEFT,
    LIMIT_HOLDS_S,
    LONGEST_RESUME_PAUSE_S,
    GatewayPace,
)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> GatewayPace:
    return GatewayPace(clock)


def quick_end(pace: GatewayPace) -> float:
    pace.note_hello(0)
    return pace.note_end(0)


def test_a_connection_that_lasted_is_followed_at_once(
    pace: GatewayPace, clock: Clock
) -> None:
    for _ in range(20):
        pace.note_hello(0)
        clock.now_s += 61
        assert pace.note_end(0) == 0
        assert pace.resuming_helps(0)


def test_connections_that_end_at_once_are_followed_ever_more_slowly(
    pace: GatewayPace,
) -> None:
    waits = [quick_end(pace) for _ in range(9)]

    assert waits == [0, 1, 2, 4, 8, 16, 32, 32, 32]


def test_what_breaks_each_resumed_connection_is_not_resumed_for_ever(
    pace: GatewayPace,
) -> None:
    helps = []
    for _ in range(4):
        quick_end(pace)
        helps.append(pace.resuming_helps(0))

    assert helps == [True, True, True, False]


def test_a_session_that_goes_on_is_worth_resuming(pace: GatewayPace) -> None:
    for _ in range(10):
        quick_end(pace)
        pace.note_event(0)
        assert pace.resuming_helps(0)


def test_the_first_session_begins_at_once(pace: GatewayPace) -> None:
    assert pace.identify_wait_s(0) == 0


def test_shards_begin_five_seconds_apart(pace: GatewayPace, clock: Clock) -> None:
    pace.note_identify(0)
    assert pace.has_identified(0)
    assert not pace.has_identified(1)
    assert pace.identify_wait_s(1) == 5
    clock.now_s += 5
    assert pace.identify_wait_s(1) == 0


def test_shards_of_different_buckets_begin_at_once(
    pace: GatewayPace, clock: Clock
) -> None:
    pace.max_concurrency = 2
    pace.note_identify(0)
    assert pace.identify_wait_s(1) == 0
    pace.note_identify(1)
    assert [pace.identify_wait_s(one) for one in (2, 3)] == [5, 5]
    clock.now_s += 5
    assert [pace.identify_wait_s(one) for one in (2, 3)] == [0, 0]


def test_a_storm_of_invalid_sessions_stays_below_a_thousand_a_day(
    pace: GatewayPace, clock: Clock
) -> None:
    """Beyond that Discord resets the token."""
    begun = 0
    until_s = clock.now_s + 24 * 3600
    while clock.now_s < until_s:
        clock.now_s += pace.identify_wait_s(0) + 0.1
        pace.note_identify(0)
        begun += 1

    assert begun < 750


def test_a_session_that_was_good_is_followed_soon(
    pace: GatewayPace, clock: Clock
) -> None:
    for _ in range(6):
        clock.now_s += pace.identify_wait_s(0)
        pace.note_identify(0)
    clock.now_s += 3600
    pace.note_identify(0)

    assert pace.identify_wait_s(0) == 5


def test_when_discord_allows_no_more_sessions_none_begins_before_the_reset(
    pace: GatewayPace, clock: Clock
) -> None:
    pace.note_session_limit({"total": 1000, "remaining": 1, "reset_after": 3_600_000})
    assert pace.identify_wait_s(0) == 0
    pace.note_identify(0)
    clock.now_s += 600

    assert pace.identify_wait_s(0) == 3000
    clock.now_s += 3000
    assert pace.identify_wait_s(0) == 0


@pytest.mark.parametrize(
    "limits",
    [None, [], {}, {"remaining": "0", "reset_after": 1}, {"remaining": 0}, 7],
)
def test_limits_that_cannot_be_read_hold_nobody_up(
    pace: GatewayPace, limits: object
) -> None:
    pace.note_session_limit(limits)

    assert pace.identify_wait_s(0) == 0


def test_a_reset_that_is_years_away_is_not_believed(pace: GatewayPace) -> None:
    pace.note_session_limit({"remaining": 0, "reset_after": 10**15})

    assert pace.identify_wait_s(0) == 24 * 3600


def test_days_of_quick_ends_leave_the_pause_at_its_longest(
    pace: GatewayPace, clock: Clock
) -> None:
    pause_s = 0.0
    for _ in range(2000):
        pace.note_hello(0)
        clock.now_s += 1
        pause_s = pace.note_end(0)
        pace.note_identify(0)

    assert pause_s == LONGEST_RESUME_PAUSE_S


def test_discord_is_asked_again_how_many_sessions_are_left(
    pace: GatewayPace, clock: Clock
) -> None:
    """Other processes begin some, too: after a while, and where few are left."""
    told = {"remaining": FEW_LEFT, "reset_after": 3_600_000}
    is_old = []

    pace.note_session_limit(told)
    is_old.append(pace.limit_is_old)
    clock.now_s += LIMIT_HOLDS_S + 1
    is_old.append(pace.limit_is_old)
    pace.note_session_limit(told)
    is_old.append(pace.limit_is_old)
    pace.note_identify(0)
    is_old.append(pace.limit_is_old)

    assert is_old == [False, True, False, True]
