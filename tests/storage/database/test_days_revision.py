"""A database from before there were sums by day has them right after the upgrade."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.jobs.states import JobState
from bot.operations.overview.values import Day
from storage.database import schema
from storage.database.engine import Database
from storage.overview.days import days_since
from storage.quotas.checking import wrong_sums
from storage.sums.store import SqlSums
from tests.factories import NOON
from tests.selection import thorough
from tests.storage.conftest import beside

TODAY = NOON.replace(hour=0)
_JOB = text(
    "INSERT INTO jobs (id, guild_id, channel_id, user_id, locale, prompt, mode,"
    " duration_s, aspect, model, interaction_id, application_id, requested_at, state,"
    " state_since, submit_attempts, progress, progress_step, polls, misses, late,"
    " delivery_attempts, notice_attempts, credits_used)"
    " VALUES (:id, 5, 1, 7, 'de', 'a fox', 'normal', 6, '16:9', 'm', :number, 1, :at,"
    " :state, :at, 0, 0, 0, 0, 0, 0, 0, 0, :used)"
)
_ADDED_UP = text("DELETE FROM job_changes WHERE id % 2 = 0")


@pytest.fixture
async def old_url(
    database_kind: str, database_url: str, request: pytest.FixtureRequest
) -> AsyncGenerator[str]:
    """Make a database of the revision before."""
    if database_kind == "sqlite":
        await _make(database_url)
        yield database_url
        return
    with beside(request.getfixturevalue("postgresql_url")) as url:
        await _make(url)
        yield url


async def _make(url: str) -> None:
    def work(connection: Connection) -> None:
        config = schema._config(schema.MIGRATIONS)
        config.attributes["connection"] = connection
        command.upgrade(config, "v0002")
        for number, (back, state, used) in enumerate(
            (
                (0, JobState.DELIVERED, 5.0),
                (0, JobState.DELIVERED, 7.0),
                (0, JobState.GENERATING, None),
                (3, JobState.FAILED, 0.0),
                (3, JobState.DELIVERED, 2.5),
            )
        ):
            at = NOON - timedelta(days=back)
            row = {
                "id": f"old-{number}",
                "number": number,
                "at": int(at.timestamp()) * 1_000_000,
                "state": state.value,
                "used": used,
            }
            connection.execute(_JOB, row)
        # Some of the changes stand in the sums already, and some do not.
        connection.execute(_ADDED_UP)

    async with Database.open(url, may_write=None) as database:
        await database.write(work)


async def _days(database: Database) -> list[Day]:
    since = TODAY - timedelta(days=30)
    return list(await database.read(lambda connection: days_since(connection, since)))


@pytest.mark.parametrize(
    "database_kind", ["sqlite", *thorough("postgresql")], indirect=True
)
async def test_days_are_counted_once_whatever_was_added_up_before(old_url: str) -> None:
    assert await schema.upgrade(old_url) is True

    async with Database.open(old_url, may_write=None) as database:
        at_once = await _days(database)
        while await SqlSums(database).add_changes(1):
            """There is more."""
        later = await _days(database)

        finish = text("UPDATE jobs SET state = 'delivered', credits_used = 4.0")
        erase = text("DELETE FROM jobs WHERE id = 'old-4'")
        for statement in (finish, erase):
            await database.write(
                lambda connection, one=statement: connection.execute(one)  # type: ignore[misc]
            )
        in_the_end = await _days(database)
        wrong = await wrong_sums(database)

    assert (
        at_once
        == later
        == [
            Day(
                day=TODAY - timedelta(days=3),
                ended={JobState.FAILED: 1, JobState.DELIVERED: 1},
                credits=2.5,
            ),
            Day(day=TODAY, ended={JobState.DELIVERED: 2}, credits=12.0),
        ]
    )
    assert in_the_end == [
        Day(day=TODAY - timedelta(days=3), ended={JobState.DELIVERED: 1}, credits=4.0),
        Day(day=TODAY, ended={JobState.DELIVERED: 3}, credits=12.0),
    ]
    assert not {"ended jobs of days", "charges of days"} & set(wrong)
