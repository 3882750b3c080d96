"""A database from before pictures, models and estimates is brought up to date."""

from collections.abc import AsyncGenerator

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.ids import GuildId, JobId
from bot.jobs.states import OPEN_STATES, JobState
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.servers.windows import windows_at
from storage.database import schema
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.quotas.checking import wrong_sums
from storage.quotas.spending import spent
from tests.factories import NOON
from tests.selection import thorough
from tests.storage.conftest import beside
from tests.stores import job_store

S = JobState
GUILD = GuildId(5)
BETA = "grok-imagine-text-to-video-beta"
_JOB = text(
    "INSERT INTO jobs (id, guild_id, channel_id, user_id, locale, prompt, mode,"
    " duration_s, aspect, model, quality, interaction_id, application_id,"
    " requested_at, state, state_since, submit_attempts, progress, progress_step,"
    " polls, misses, late, delivery_attempts, notice_attempts, credits_used)"
    " VALUES (:id, 5, 1, 7, 'de', :prompt, 'normal', :duration_s, '16:9', :model,"
    " :quality, :number, 1, :at, :state, :at, 0, 0, 0, 0, 0, 0, 0, 0, :used)"
)


@pytest.fixture
async def old_url(
    database_kind: str, database_url: str, request: pytest.FixtureRequest
) -> AsyncGenerator[str]:
    """Make a database of the revision before."""
    if database_kind == "sqlite":
        url = database_url
        await _make(url)
        yield url
        return
    with beside(request.getfixturevalue("postgresql_url")) as url:
        await _make(url)
        yield url


async def _make(url: str) -> None:
    def work(connection: Connection) -> None:
        config = schema._config(schema.MIGRATIONS)
        config.attributes["connection"] = connection
        command.upgrade(config, "v0001")

    async with Database.open(url, may_write=None) as database:
        await database.write(work)


class Old:
    """Puts jobs into the old tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._number = 0

    def put(  # noqa: PLR0913 - columns
        self,
        job_id: str,
        state: S,
        *,
        model: str = BETA,
        quality: str | None = "480p",
        duration_s: int = 10,
        used: float | None = None,
        prompt: str = "a fox",
    ) -> None:
        self._number += 1
        values = {
            "id": job_id,
            "number": self._number,
            "at": int(NOON.timestamp()) * 1_000_000 + self._number,
            "state": state.value,
            "model": model,
            "quality": quality,
            "duration_s": duration_s,
            "used": used,
            "prompt": prompt,
        }
        self._connection.execute(_JOB, values)


@pytest.mark.parametrize(
    "database_kind", ["sqlite", *thorough("postgresql")], indirect=True
)
async def test_open_jobs_get_an_estimate_from_bills_and_else_from_the_list(
    old_url: str,
) -> None:
    def before(connection: Connection) -> None:
        old = Old(connection)
        for state in S:
            old.put(f"job-{state}", state)
        for number, taken in enumerate((20.0, 20.0, 20.0, 20.0, 900.0)):
            old.put(f"bill-{number}", S.DELIVERED, quality="720p", used=taken)
        old.put("by-bills", S.QUEUED, quality="720p", duration_s=30)
        old.put("plain", S.QUEUED, model="grok-imagine-text-to-video", quality=None)
        old.put("unknown", S.QUEUED, model="nobody-knows-it", quality=None)

    async with Database.open(old_url, may_write=None) as database:
        await database.write(before)

    assert await schema.upgrade(old_url) is True

    query = text("SELECT id, credits_estimated FROM jobs")
    month = windows_at(NOON, "UTC")
    async with Database.open(old_url, may_write=None) as database:
        rows = await database.read(lambda connection: connection.execute(query).all())
        estimates = {row.id: row.credits_estimated for row in rows}
        charged = await database.read(
            lambda connection: spent(
                connection, GUILD, month.month_starts_at, month.month_ends_at
            )
        )
        wrong = await wrong_sums(database)

    for state in S:
        is_open = state in OPEN_STATES - {S.RECEIVED}
        assert estimates[f"job-{state}"] == (8.2 if is_open else None), state
    assert estimates["by-bills"] == 60.0
    assert (estimates["plain"], estimates["unknown"]) == (8.2, 102.0)
    assert charged == pytest.approx(980.0 + 5 * 8.2 + 60.0 + 8.2 + 102.0)
    # These jobs were put there without a ledger.
    assert set(wrong) <= {"ended jobs with an open reservation"}


@pytest.mark.parametrize(
    "database_kind", ["sqlite", *thorough("postgresql")], indirect=True
)
async def test_what_was_erased_stays_so_and_servers_begin_with_the_usual(
    old_url: str,
) -> None:
    def before(connection: Connection) -> None:
        old = Old(connection)
        old.put("erased", S.DELIVERED, prompt="")
        old.put("kept", S.DELIVERED)
        connection.execute(
            text(
                "INSERT INTO moderation (guild_id, policy, spicy_role_ids, words)"
                " VALUES (5, 'review', '[]', '[]')"
            )
        )

    async with Database.open(old_url, may_write=None) as database:
        await database.write(before)

    assert await schema.upgrade(old_url) is True

    async with Database.open(old_url, may_write=None) as database:
        jobs = job_store(database)
        erased, kept = await jobs.get(JobId("erased")), await jobs.get(JobId("kept"))
        settings = await SqlModerationStore(database).settings(GUILD)

    assert erased is not None
    assert erased.prompt_erased
    assert kept is not None
    assert not kept.prompt_erased
    assert settings.policy is SpicyPolicy.REVIEW
    assert settings.pictures is PicturesPolicy.OWN
    assert not settings.barred_models
    assert settings.default_model is None
