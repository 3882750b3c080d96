"""Values come back as they went in, and nonsense does not go in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError, StatementError

from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from storage.database.engine import Database
from storage.jobs.rows import row_of
from storage.tables.jobs import fence_of, jobs, lease_of
from tests.factories import NOON, make_job
from tests.storage.conftest import Put, Select

instants = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the time zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200
)
ids = st.integers(min_value=0, max_value=2**63 - 1)
pictures = st.builds(
    PictureUse, kind=st.sampled_from(PictureKind), owner_id=st.none() | ids
)


def test_a_job_has_a_column_for_every_field() -> None:
    """A new field that storage does not know would be lost on the way."""
    fields = set(Job.__dataclass_fields__) - {"request"}
    asked = set(VideoRequest.__dataclass_fields__) - {"picture"}
    picture = {f"picture_{name}" for name in PictureUse.__dataclass_fields__}

    claims = {
        column.name for kind in Due for column in (lease_of(kind), fence_of(kind))
    }

    assert set(jobs.c.keys()) == fields | asked | picture | claims
    in_use = {"model", "quality", "aspect", "sound"}
    assert set(JobChanges.__annotations__) < fields | in_use


def test_a_row_becomes_what_the_constructor_would_make() -> None:
    """It is left out when rows are read, so it must not do anything but store."""
    for kind in (Job, VideoRequest):
        assert not hasattr(kind, "__post_init__")
        assert "__dict__" not in dir(kind)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    prompt=texts,
    quality=st.none() | texts,
    picture=st.none() | pictures,
    guild_id=ids,
    requested_at=instants,
    poll_due_at=st.none() | instants,
    credits_used=st.none() | st.floats(min_value=0, allow_infinity=False),
    clip_message_id=st.none() | ids,
    late=st.booleans(),
    mode=st.sampled_from(Mode),
    aspect=st.sampled_from(Aspect),
    failure=st.none() | st.sampled_from(Failure),
)
async def test_a_job_comes_back_as_it_was(
    store: JobStore, put: Put, **fields: Any
) -> None:
    job = make_job(**fields)

    await put(job)

    assert await store.get(job.id) == job


async def test_times_are_stored_to_the_microsecond_and_come_back_in_utc(
    store: JobStore, put: Put
) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5))) + timedelta(microseconds=1)
    job = make_job(requested_at=there)

    await put(job)
    stored = await store.get(job.id)

    assert stored is not None
    assert stored.requested_at == there
    assert stored.requested_at.tzinfo is UTC


async def test_a_time_of_no_known_zone_is_refused(put: Put) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is what it is about

    with pytest.raises(StatementError, match="must be aware"):
        await put(make_job(poll_due_at=naive))


async def test_a_stranger_to_an_enum_is_refused(put: Put) -> None:
    with pytest.raises(StatementError, match="not a valid Mode"):
        await put(make_job(mode="lurid"))


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("guild_id", "a guild", "cannot store TEXT"),
        ("locale", b"\x00", "cannot store BLOB"),
        ("polls", "many", "cannot store TEXT"),
    ],
)
async def test_the_tables_refuse_what_is_of_another_type(
    database: Database, column: str, value: object, complaint: str
) -> None:
    """As PostgreSQL's driver does."""
    row = row_of(make_job()) | {column: value}

    with pytest.raises(IntegrityError, match=complaint):
        await database.write(lambda connection: connection.execute(insert(jobs), row))


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("credits_used", -1.0, "ck_jobs_amounts"),
        ("credits_reserved", -1.0, "ck_jobs_amounts"),
        ("estimated_time_s", -1.0, "ck_jobs_amounts"),
        ("progress", 101, "ck_jobs_progress"),
        ("progress", -1, "ck_jobs_progress"),
        ("progress_step", 101, "ck_jobs_progress_step"),
        ("polls", -1, "ck_jobs_counters"),
        ("misses", -1, "ck_jobs_counters"),
        ("submit_attempts", -1, "ck_jobs_counters"),
        ("delivery_attempts", -1, "ck_jobs_counters"),
        ("notice_attempts", -1, "ck_jobs_counters"),
        ("duration_s", 0, "ck_jobs_duration"),
        ("prompt", None, "(?i)not.null"),
    ],
)
async def test_the_tables_refuse_what_cannot_be(
    database: Database, column: str, value: object, complaint: str
) -> None:
    """Even if it got past the types."""
    row = row_of(make_job()) | {column: value}

    with pytest.raises(IntegrityError, match=complaint):
        await database.write(lambda connection: connection.execute(insert(jobs), row))


async def test_the_tables_refuse_an_unknown_state(database: Database, put: Put) -> None:
    await put(make_job())

    with pytest.raises(IntegrityError, match="ck_jobs_state"):
        await database.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE jobs SET state = 'lost'"
            )
        )


async def test_enums_are_stored_as_their_values(put: Put, rows: Select) -> None:
    """People and other programs read the file as well."""
    await put(make_job(state=JobState.AWAITING_REVIEW, failure=Failure.BLOCKED))

    assert await rows("SELECT state, mode, aspect, failure, late FROM jobs") == [
        ("awaiting_review", "normal", "16:9", "blocked", 0)
    ]
