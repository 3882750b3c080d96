from datetime import timedelta

from bot.pipeline.rate import RatePerSecond
from tests.clock import FakeClock


def begun(rate: RatePerSecond) -> int:
    """Begin as many as there is room for, and return how many."""
    count = 0
    while rate.room > 0:
        rate.take()
        count += 1
    return count


def test_no_second_has_more_than_so_many(clock: FakeClock) -> None:
    rate = RatePerSecond(10, clock)
    counts = []
    for _ in range(31):
        counts.append(begun(rate))
        clock.advance(0.1)

    assert counts == [10, *[0] * 9] * 3 + [10]


def test_it_says_when_there_is_room_again(clock: FakeClock) -> None:
    rate = RatePerSecond(1, clock)
    assert rate.room_in_s == 0
    rate.take()
    clock.advance(0.4)
    assert rate.room_in_s == 0.6


def test_what_begins_late_costs_those_that_follow_nothing(clock: FakeClock) -> None:
    """Each is a tenth of a second late, and yet there are ten in each second."""
    rate = RatePerSecond(1, clock)
    began_at = clock.now()
    for _ in range(11):
        clock.advance(0.1 + rate.room_in_s)
        rate.take()

    assert clock.now() - began_at == timedelta(seconds=0.1 + 10 + 0.1)


def test_what_was_not_used_for_long_is_not_made_up_for(clock: FakeClock) -> None:
    rate = RatePerSecond(10, clock)
    begun(rate)
    clock.advance(60)

    assert begun(rate) == 10
    clock.advance(0.9)
    assert begun(rate) == 0


def test_what_is_given_back_is_there_for_another(clock: FakeClock) -> None:
    rate = RatePerSecond(1, clock)
    taken = rate.take()
    rate.give_back(taken)
    rate.give_back(taken)

    assert begun(rate) == 1
