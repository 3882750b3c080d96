"""The row of the intake pause."""

from dataclasses import replace

from bot.errors import AccountFault
from bot.operations.ports import Pause
from storage.database.engine import Database
from storage.operations.pauses import SqlPauses
from tests.factories import NOON

PAUSE = Pause(
    fault=AccountFault.DAILY_LIMIT,
    reason="POST answered 402 token_daily_quota_exceeded",
    since=NOON,
    refusals=1,
    told_at=None,
    probe_at=NOON,
)


async def test_there_is_at_most_one_pause_and_the_last_counts(
    database: Database,
) -> None:
    pauses = SqlPauses(database)
    later = replace(
        PAUSE, fault=AccountFault.KEY, refusals=2, told_at=NOON, probe_at=None
    )

    assert await pauses.load() is None
    await pauses.save(PAUSE)
    assert await pauses.load() == PAUSE
    await pauses.save(later)
    assert await pauses.load() == later
    await pauses.save(None)
    await pauses.save(None)
    assert await pauses.load() is None
