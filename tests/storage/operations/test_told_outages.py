"""An outage has one beginning and one end, whoever tells of them."""

import asyncio
from datetime import timedelta

from storage.database.engine import Database
from storage.operations.told_outages import SqlToldOutages
from tests.factories import NOON


async def test_of_several_who_tell_one_is_the_first(database: Database) -> None:
    told = SqlToldOutages(database)
    later = NOON + timedelta(seconds=3)

    first = await asyncio.gather(*(told.begin(at) for at in (NOON, later, NOON)))
    since = await told.load()
    assert since is not None
    other = later if since == NOON else NOON
    is_of_another = await told.end(other)
    last = await asyncio.gather(*(told.end(since) for _ in range(3)))

    assert (sum(first), is_of_another, sum(last)) == (1, False, 1)
    assert await told.load() is None
