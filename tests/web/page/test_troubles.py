"""What is wrong now is said first, and nothing where nothing is wrong."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.operations.overview.spending import LOW_BELOW_DAYS
from bot.operations.overview.values import Copies, Overview, Waiting
from bot.processes.seats import Seat
from bot.web.page.troubles import lines_of
from tests.web.page.sample import HEALTH, ago, make_stored, make_view

MIB = 1024 * 1024
FINE = ["Everything works."]
DAILY = timedelta(days=1)
LATE = Waiting(number=3, since=ago(minutes=21))
RECENT = Waiting(number=3, since=ago(minutes=14))


def told(view: Overview) -> Sequence[str]:
    return [line.text for line in lines_of(view)]


def lasting(days: float | None) -> Overview:
    view = make_view()
    assert view.spending is not None
    return replace(view, spending=replace(view.spending, lasts_days=days))


def test_a_balance_for_less_than_a_week_is_a_trouble() -> None:
    assert told(lasting(2.4)) == [
        "The balance lasts about 2 days at the present rate: add credits at EvoLink."
    ]
    assert told(lasting(LOW_BELOW_DAYS)) == FINE
    assert told(lasting(None)) == FINE


def test_a_copy_that_could_not_be_made_says_why() -> None:
    copies = Copies(every=DAILY, newest_at=ago(hours=7), fault="No room in backups.")

    assert told(make_view(copies=copies)) == [
        "The database could not be copied: No room in backups."
    ]


@pytest.mark.parametrize(
    ("every", "age", "words"),
    [
        (DAILY, timedelta(days=2), FINE),
        (
            DAILY,
            timedelta(days=2, hours=3),
            ["The newest copy of the database is 2 d 3 h old: the log says why."],
        ),
        (timedelta(days=7), timedelta(days=8), FINE),
    ],
)
def test_a_copy_is_old_after_twice_its_interval(
    every: timedelta, age: timedelta, words: Sequence[str]
) -> None:
    view = make_view()
    copies = Copies(every=every, newest_at=view.at - age, fault=None)

    assert told(replace(view, copies=copies)) == words


def test_where_no_copies_are_made_none_is_missed() -> None:
    none_yet = Copies(every=DAILY, newest_at=None, fault=None)

    assert told(make_view(copies=None)) == FINE
    assert told(make_view(copies=none_yet)) == FINE


def test_a_disk_that_is_nearly_full_says_how_much_is_left() -> None:
    free = {"database": 499 * MIB, "spool": 500 * MIB}

    assert told(make_view(free=free)) == [
        "The disk of the database has only 499 MB left: make room."
    ]


def test_what_waits_long_to_be_posted_is_late() -> None:
    one = replace(LATE, number=1)

    assert told(make_view(make_stored(deliveries=LATE, notices=one))) == [
        "3 clips wait to be posted, the first for 21 min: the log says why.",
        "1 notice waits to be posted, the first for 21 min: the log says why.",
    ]
    assert told(make_view(make_stored(deliveries=RECENT, notices=RECENT))) == FINE


def test_shards_that_nobody_holds_are_named() -> None:
    """The two processes have 0 and 1 of them."""
    health = replace(HEALTH, shard_count=4)

    (line,) = told(make_view(health=health))

    assert line == (
        "Nobody holds 2 of 4 shards of Discord's gateway (2, 3):"
        " their servers get no answers."
    )


def test_many_shards_that_nobody_holds_are_not_all_named() -> None:
    (line,) = told(make_view(health=replace(HEALTH, shard_count=64)))

    assert "62 of 64 shards" in line
    assert "(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …)" in line


@pytest.mark.parametrize(("living", "number"), [(1, 2), (2, 1)])
def test_without_the_database_the_shards_of_others_are_not_known(
    living: int, number: int
) -> None:
    health = replace(HEALTH, shard_count=2, living=living, seats=list(Seat))

    view = replace(make_view(health=health), stored=None, spending=None)

    assert len(told(view)) == number
