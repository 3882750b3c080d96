"""No more than so many in a second."""

from datetime import timedelta

from bot.workers.rate import RatePerSecond
from tests.clock import FakeClock


def begun(rate: RatePerSecond) -> int:
    """Begin as many as there is room for, and return how many."""
    count = 0
    while rate.room > 0:
        rate.take()
        count += 1
    return count


def test_no_second_has_more_than_so_many(clock: FakeClock) -> None:
    rate = RatePerSecond(lambda: 10, clock)
    counts = []
    for _ in range(31):
        counts.append(begun(rate))
        clock.advance(0.1)

    assert counts == [10, *[0] * 9] * 3 + [10]


def test_it_says_when_there_is_room_again(clock: FakeClock) -> None:
    rate = RatePerSecond(lambda: 1, clock)
    assert rate.room_in_s == 0
    rate.take()
    clock.advance(0.4)
    assert rate.room_in_s == 0.6


def test_what_begins_late_costs_those_that_follow_nothing(clock: FakeClock) -> None:
    """Each is a tenth of a second late, and yet there are ten in each second."""
    rate = RatePerSecond(lambda: 1, clock)
    began_at = clock.now()
    for _ in range(11):
        clock.advance(0.1 + rate.room_in_s)
        rate.take()

    assert clock.now() - began_at == timedelta(seconds=0.1 + 10 + 0.1)


def test_what_was_not_used_for_long_is_not_made_up_for(clock: FakeClock) -> None:
    rate = RatePerSecond(lambda: 10, clock)
    begun(rate)
    clock.advance(60)

    assert begun(rate) == 10
    clock.advance(0.9)
    assert begun(rate) == 0


def test_what_is_given_back_is_there_for_another(clock: FakeClock) -> None:
    rate = RatePerSecond(lambda: 1, clock)
    taken = rate.take()
    rate.give_back(taken)
    rate.give_back(taken)

    assert begun(rate) == 1


def test_a_share_of_less_than_one_a_second_is_kept(clock: FakeClock) -> None:
    rate = RatePerSecond(lambda: 10 / 25, clock)
    began: list[float] = []
    for tenth in range(100):
        if begun(rate):
            began.append(tenth / 10)
        clock.advance(0.1)

    assert began == [0, 2.5, 5, 7.5]


def test_all_shares_together_are_no_more_than_the_whole(clock: FakeClock) -> None:
    for living in range(1, 40):
        rates = [RatePerSecond(lambda of=living: 10 / of, clock) for _ in range(living)]  # type: ignore[misc]
        count = 0
        for _ in range(100):
            count += sum(begun(rate) for rate in rates)
            clock.advance(0.1)

        assert count <= 100 + living  # each may begin with one


def test_a_share_that_grows_smaller_counts_what_began_before(clock: FakeClock) -> None:
    living = 1
    rate = RatePerSecond(lambda: 10 / living, clock)
    begun(rate)
    living = 3

    assert (rate.room, rate.room_in_s) == (0, 1.0)
    clock.advance(1)
    assert begun(rate) == 3
