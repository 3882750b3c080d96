"""A server is greeted once: noted when it is new, and never again."""

from datetime import timedelta

import pytest

from bot.errors import ClaimLost
from bot.ids import GuildId
from bot.processes.shards import KnownShards
from bot.servers.greetings import Greeting
from storage.database.engine import Database
from storage.privacy.retention import SqlRetentionStore
from storage.servers.greetings import SqlGreetings
from tests.clock import FakeClock
from tests.factories import NOON

OLD, NEW, BARRED = GuildId(1), GuildId(2), GuildId(3)


EVERY = KnownShards(count=1, numbers=frozenset({0}))
"""The one process of a file knows all servers."""


@pytest.fixture
def greetings(database: Database) -> SqlGreetings:
    return SqlGreetings(database)


async def due(greetings: SqlGreetings) -> list[GuildId]:
    found = await greetings.due(NOON + timedelta(days=99), 10)
    return [one.guild_id for one in found]


async def claimed(greetings: SqlGreetings, guild_id: GuildId) -> Greeting:
    until = NOON + timedelta(days=999)
    claim = await greetings.claim(guild_id, NOON + timedelta(days=99), until)
    assert claim is not None
    return claim


async def test_a_greeting_is_claimed_once_until_that_ends(
    greetings: SqlGreetings,
) -> None:
    await greetings.note_served([NEW], NOON, greet=True)
    until = NOON + timedelta(minutes=2)

    first = await greetings.claim(NEW, NOON, until)
    assert first is not None
    assert await greetings.claim(NEW, NOON, until) is None
    assert await greetings.due(NOON, 10) == []
    assert await greetings.next_due(NOON) == until
    second = await greetings.claim(NEW, until, until)
    assert second is not None
    with pytest.raises(ClaimLost):
        await greetings.finish(first)
    await greetings.release(second)

    (due_again,) = await greetings.due(until, 10)
    assert due_again.guild_id == NEW


async def test_a_server_is_to_be_greeted_once(greetings: SqlGreetings) -> None:
    """Also one that was there before the first start of a new installation."""
    assert await greetings.note_served([OLD], NOON, greet=True) == 1
    assert await greetings.note_served([OLD, NEW], NOON, greet=True) == 1
    await greetings.finish(await claimed(greetings, OLD))

    assert await greetings.note_served([OLD, NEW], NOON, greet=True) == 0
    assert await due(greetings) == [NEW]


async def test_nobody_is_greeted_later_who_came_while_greetings_were_off(
    greetings: SqlGreetings,
) -> None:
    assert await greetings.note_served([OLD], NOON, greet=False) == 0

    assert await greetings.note_served([OLD], NOON, greet=True) == 0
    assert await due(greetings) == []


async def test_a_server_is_greeted_when_it_is_served(greetings: SqlGreetings) -> None:
    assert await greetings.note_served([], NOON, greet=True) == 0
    assert await greetings.note_served([BARRED], NOON, greet=True) == 1


async def test_attempts_are_remembered(greetings: SqlGreetings) -> None:
    await greetings.note_served([NEW], NOON, greet=True)
    first = await claimed(greetings, NEW)
    assert first == Greeting(guild_id=NEW, intended_at=None, attempts=0, fence=1)
    await greetings.intend(first, NOON)
    await greetings.postpone(first, NOON + timedelta(seconds=5))

    assert await greetings.due(NOON, 10) == []
    (second,) = await greetings.due(NOON + timedelta(seconds=5), 10)
    assert (second.intended_at, second.attempts) == (NOON, 1)


async def test_a_server_that_comes_back_is_greeted_again_only_once_it_was_erased(
    database: Database, greetings: SqlGreetings, clock: FakeClock
) -> None:
    retention = SqlRetentionStore(database)
    await greetings.note_served([NEW], clock.now(), greet=True)
    await greetings.finish(await claimed(greetings, NEW))
    await retention.note_present([], EVERY, clock.now())
    assert await greetings.note_served([NEW], clock.now(), greet=True) == 0

    clock.advance(timedelta(days=31).total_seconds())
    assert await retention.erase_departed(clock.now() - timedelta(days=30)) == 1

    assert await greetings.note_served([NEW], clock.now(), greet=True) == 1
