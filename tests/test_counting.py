"""Requests are counted where they leave, with what came of them."""

import asyncio
from collections import Counter

import pytest

from bot.counting import counted
from bot.errors import MessengerDown


@pytest.fixture
def tally() -> Counter[tuple[str, str, str]]:
    return Counter()


def count(tally: Counter[tuple[str, str, str]], failure: BaseException | None) -> None:
    def note(service: str, endpoint: str, outcome: str) -> None:
        tally[service, endpoint, outcome] += 1

    with counted(note, "discord", "post_clip"):
        if failure is not None:
            raise failure


def test_a_request_counts_once_as_it_ended(
    tally: Counter[tuple[str, str, str]],
) -> None:
    count(tally, None)
    with pytest.raises(MessengerDown):
        count(tally, MessengerDown("503"))

    assert tally == {
        ("discord", "post_clip", "ok"): 1,
        ("discord", "post_clip", "MessengerDown"): 1,
    }


def test_nobody_knows_how_a_cancelled_request_ended(
    tally: Counter[tuple[str, str, str]],
) -> None:
    with pytest.raises(asyncio.CancelledError):
        count(tally, asyncio.CancelledError())

    assert not tally
