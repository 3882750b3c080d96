"""A log channel gets what came after it was set, and each entry from one claim."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import ClaimLost
from bot.ids import ChannelId, GuildId, UserId
from bot.moderation.administration import Change, Moderation, Purpose
from bot.moderation.log_ports import LogClaim
from bot.moderation.policy import SpicyPolicy
from storage.database.engine import Database
from storage.leases import clear_leases
from storage.moderation.guild_logs import SqlGuildLogs
from storage.moderation.store import SqlModerationStore
from storage.privacy.retention import SqlRetentionStore
from tests.clock import FakeClock
from tests.servers.people import make_actor

LOG, OTHER = ChannelId(44), ChannelId(45)
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
GUILD = ADMIN.guild_id


@pytest.fixture
def moderation(database: Database, clock: FakeClock) -> Moderation:
    return Moderation(SqlModerationStore(database), clock)


@pytest.fixture
def logs(database: Database) -> SqlGuildLogs:
    return SqlGuildLogs(database)


async def claim(logs: SqlGuildLogs, clock: FakeClock, most: int = 9) -> LogClaim:
    """Claim the log, which must be due, for ten seconds."""
    now = clock.now()
    claimed = await logs.claim(GUILD, now, now + timedelta(seconds=10), most)
    assert claimed is not None
    return claimed


def actions(claimed: LogClaim) -> list[str]:
    return [row.entry.action for row in claimed.rows]


async def post_all(logs: SqlGuildLogs, clock: FakeClock) -> list[str]:
    """Post all that there is; return what that was."""
    claimed = await claim(logs, clock)
    for row in claimed.rows:
        await logs.note_posted(claimed, row, clock.now())
    assert not await logs.finish(claimed)
    return actions(claimed)


async def test_a_log_channel_hears_what_came_after_it_was_set(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    assert await logs.due(clock.now(), 9) == []
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)

    assert await logs.due(clock.now(), 9) == [(GUILD, LOG)]
    claimed = await claim(logs, clock, most=1)
    assert (actions(claimed), claimed.channel_id) == (["moderation.channel"], LOG)
    await logs.note_posted(claimed, claimed.rows[0], clock.now())
    assert await logs.finish(claimed)
    assert await post_all(logs, clock) == ["moderation.policy"]
    assert await logs.due(clock.now(), 9) == []


async def test_what_is_claimed_is_not_due_until_the_lease_ends(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    first = await claim(logs, clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)

    assert await logs.due(clock.now(), 9) == []
    assert await logs.claim(GUILD, clock.now(), clock.now(), 9) is None
    clock.advance(10)
    second = await claim(logs, clock)
    for lost in (
        logs.intend(first, clock.now()),
        logs.note_posted(first, first.rows[0], clock.now()),
        logs.postpone(first, clock.now(), attempts=1, refusals=0),
        logs.release(first),
        logs.finish(first),
    ):
        with pytest.raises(ClaimLost):
            await lost
    assert actions(second) == ["moderation.channel", "moderation.policy"]


async def test_what_is_written_during_a_claim_stays_due(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    claimed = await claim(logs, clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    await logs.note_posted(claimed, claimed.rows[0], clock.now())

    assert await logs.finish(claimed)
    assert await post_all(logs, clock) == ["moderation.policy"]


async def test_a_postponed_line_is_not_brought_forward_by_the_next(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    claimed = await claim(logs, clock)
    await logs.intend(claimed, clock.now())
    later = clock.now() + timedelta(seconds=30)
    await logs.postpone(claimed, later, attempts=2, refusals=1)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)

    assert await logs.due(clock.now(), 9) == []
    intended_at = clock.now()
    clock.advance(30)
    again = await claim(logs, clock)
    assert (again.intended_at, again.attempts, again.refusals) == (intended_at, 2, 1)
    await logs.note_posted(again, again.rows[0], clock.now())
    await logs.release(again)
    next_one = await claim(logs, clock)
    assert (next_one.intended_at, next_one.attempts, next_one.refusals) == (None, 0, 0)


@pytest.mark.parametrize("channel_id", [OTHER, None])
async def test_a_claim_for_a_former_channel_is_lost(
    moderation: Moderation,
    logs: SqlGuildLogs,
    clock: FakeClock,
    channel_id: ChannelId | None,
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    claimed = await claim(logs, clock)
    await moderation.set_channel(ADMIN, Purpose.LOG, channel_id)

    with pytest.raises(ClaimLost):
        await logs.intend(claimed, clock.now())
    here = [] if channel_id is None else [(GUILD, channel_id)]
    assert await logs.due(clock.now(), 9) == here


async def test_a_log_that_was_ended_misses_what_was_done_meanwhile(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await moderation.set_channel(ADMIN, Purpose.LOG, None)
    await moderation.set_policy(ADMIN, SpicyPolicy.OFF)
    assert await logs.due(clock.now(), 9) == []
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)

    assert await post_all(logs, clock) == ["moderation.channel"]


async def test_a_start_makes_due_what_was_claimed(
    moderation: Moderation, logs: SqlGuildLogs, database: Database, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    claimed = await claim(logs, clock)
    await clear_leases(database)

    assert await logs.due(clock.now(), 9) == [(GUILD, LOG)]
    with pytest.raises(ClaimLost):
        await logs.release(claimed)


async def test_entries_written_side_by_side_are_all_told_in_their_order(
    moderation: Moderation, logs: SqlGuildLogs, clock: FakeClock
) -> None:
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await post_all(logs, clock)
    told: list[int] = []

    async def tell() -> None:
        while len(told) < 20:
            now = clock.now()
            claimed = await logs.claim(GUILD, now, now + timedelta(seconds=10), 9)
            if claimed is None:
                await asyncio.sleep(0.001)
                continue
            for row in claimed.rows:
                await logs.note_posted(claimed, row, now + timedelta(seconds=10))
                told.append(row.id)
            await logs.finish(claimed)

    changes = (
        moderation.change_role(ADMIN, Change.ADD, role_id) for role_id in range(1, 21)
    )
    async with asyncio.timeout(30):
        await asyncio.gather(tell(), *changes)

    assert told == sorted(set(told))
    assert await logs.due(clock.now(), 9) == []


async def test_an_entry_is_told_also_after_newer_ones_were_erased(
    moderation: Moderation, logs: SqlGuildLogs, database: Database, clock: FakeClock
) -> None:
    """Else it might get the number of one that counts as told."""
    retention = SqlRetentionStore(database)
    gone = make_actor(user_id=UserId(7), guild_id=GuildId(99), is_manager=True)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    for role_id in range(1, 4):
        await moderation.change_role(gone, Change.ADD, role_id)
    await post_all(logs, clock)
    assert await logs.due(clock.now(), 9) == []

    await retention.note_departed(gone.guild_id, clock.now())
    assert await retention.erase_departed(clock.advance(1)) == 1
    await moderation.change_role(ADMIN, Change.ADD, 5)

    assert await post_all(logs, clock) == ["moderation.spicy-role"]


async def test_nothing_is_left_of_a_departed_server(
    moderation: Moderation, logs: SqlGuildLogs, database: Database, clock: FakeClock
) -> None:
    retention = SqlRetentionStore(database)
    await moderation.set_channel(ADMIN, Purpose.LOG, LOG)
    await retention.note_departed(GUILD, clock.now())
    await retention.erase_departed(clock.advance(1))

    count = await database.read(
        lambda connection: connection.scalar(text("SELECT count(*) FROM guild_logs"))
    )
    assert count == 0
    assert await logs.due(clock.now(), 9) == []
