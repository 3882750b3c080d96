"""What counts in a day and a month, to the microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from tests.factories import make_job, reach
from tests.stores import Used

S = JobState
HOME = GuildId(1)
ANN, BEN = UserId(11), UserId(12)
NOW = datetime(2026, 3, 15, 18, 30, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


async def made(
    store: JobStore,
    at: datetime,
    user: UserId = ANN,
    guild: GuildId = HOME,
    state: JobState = S.DELIVERED,
) -> None:
    await reach(store, state, make_job(guild_id=guild, user_id=user, requested_at=at))


async def counted(
    used: Used, now: datetime = NOW, user: UserId | None = ANN
) -> tuple[int, int]:
    usage = await used(HOME, user, now)
    return usage.day, usage.month


async def test_nothing_is_used_at_first(used: Used) -> None:
    usage = await used(HOME, ANN, NOW)

    assert (usage.day, usage.month, usage.at_once) == (0, 0, 0)
    assert usage.day_ends_at == datetime(2026, 3, 16, tzinfo=UTC)
    assert usage.month_ends_at == datetime(2026, 4, 1, tzinfo=UTC)


async def test_the_day_begins_at_midnight_and_the_month_on_the_first(
    store: JobStore, used: Used
) -> None:
    midnight = datetime(2026, 3, 15, tzinfo=UTC)
    first = datetime(2026, 3, 1, tzinfo=UTC)
    for at in (midnight, midnight - INSTANT, first, first - INSTANT):
        await made(store, at)

    assert await counted(used) == (1, 3)
    assert await counted(used, first + INSTANT) == (1, 3)
    assert await counted(used, first - INSTANT) == (1, 1)


async def test_days_are_those_of_utc_wherever_the_clock_stands(
    store: JobStore, used: Used
) -> None:
    await made(store, datetime(2026, 3, 15, 1, tzinfo=UTC))
    same_time_there = NOW.astimezone(timezone(timedelta(hours=-11)))

    usage = await used(HOME, ANN, same_time_there)

    assert usage.day == 1
    assert usage.day_ends_at == datetime(2026, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
async def test_every_month_ends_where_the_next_begins(
    now: datetime, ends: datetime, used: Used
) -> None:
    usage = await used(HOME, None, now)

    assert usage.month_ends_at == ends


async def test_a_server_counts_all_its_members_and_no_other_server(
    store: JobStore, used: Used
) -> None:
    await made(store, NOW)
    await made(store, NOW, BEN)
    await made(store, NOW, ANN, GuildId(2))

    assert await counted(used) == (1, 1)
    assert await counted(used, user=None) == (2, 2)


async def test_what_is_released_no_longer_counts(store: JobStore, used: Used) -> None:
    for state in (S.FAILED, S.UNCONFIRMED, S.DENIED, S.UNDELIVERABLE, S.CANCELLED):
        await made(store, NOW, state=state)
    await made(store, NOW, state=S.QUEUED)

    assert await counted(used) == (1, 1)


async def test_a_release_gives_back_to_the_window_of_the_request(
    store: JobStore, used: Used
) -> None:
    """Failing after midnight does not make the new day longer than its limit."""
    before_midnight = datetime(2026, 3, 14, 23, 59, tzinfo=UTC)
    job = await reach(
        store,
        S.QUEUED,
        make_job(guild_id=HOME, user_id=ANN, requested_at=before_midnight),
    )

    await store.move(job.id, S.QUEUED, S.FAILED, NOW)

    assert await counted(used) == (0, 0)
    assert await counted(used, before_midnight) == (0, 0)
