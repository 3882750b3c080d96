"""The page's token is tried a few times, and opens sessions that end."""

from bot.web.page.sessions import (
    MOST_PEERS,
    MOST_SESSIONS,
    SESSION_LIFE,
    TRIES,
    TRIES_WITHIN,
    Sessions,
    Tries,
    is_token,
)
from tests.clock import FakeClock


def test_only_the_very_token_is_the_token() -> None:
    assert is_token("a" * 32, "a" * 32)
    for other in ("", "a" * 31, "a" * 33, "A" * 32, "\udcff", "ä" * 32):
        assert not is_token(other, "a" * 32)


def test_a_session_lasts_a_week_and_not_longer(clock: FakeClock) -> None:
    sessions = Sessions(clock)
    one = sessions.begin()

    clock.advance(SESSION_LIFE.total_seconds() - 1)
    assert sessions.is_open(one)
    clock.advance(1)
    assert not sessions.is_open(one)


def test_a_session_that_was_ended_opens_nothing(clock: FakeClock) -> None:
    sessions = Sessions(clock)
    one, other = sessions.begin(), sessions.begin()

    sessions.end(one)
    sessions.end("never begun")

    assert one != other
    assert not sessions.is_open(one)
    assert sessions.is_open(other)
    assert not sessions.is_open("")


def test_neither_sessions_nor_addresses_fill_the_memory(clock: FakeClock) -> None:
    sessions, tries = Sessions(clock), Tries(clock)
    first, *others = (sessions.begin() for _ in range(MOST_SESSIONS + 1))
    for number in range(MOST_PEERS + 10):
        tries.note_wrong(str(number))

    assert not sessions.is_open(first)
    assert all(map(sessions.is_open, others))
    assert len(tries._wrong) == MOST_PEERS


def test_after_a_few_wrong_tokens_an_address_has_to_wait(clock: FakeClock) -> None:
    tries = Tries(clock)
    for _ in range(TRIES):
        assert tries.wait_s("10.0.0.7") == 0
        tries.note_wrong("10.0.0.7")
        clock.advance(1)

    assert tries.wait_s("10.0.0.7") == TRIES_WITHIN.total_seconds() - TRIES
    assert tries.wait_s("10.0.0.8") == 0
    clock.advance(TRIES_WITHIN.total_seconds() - TRIES)
    assert tries.wait_s("10.0.0.7") == 0
    tries.note_wrong("10.0.0.7")
    assert tries.wait_s("10.0.0.7") > 0
