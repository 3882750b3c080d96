"""Prompts and interaction tokens stay in the tables, whatever is logged or raised."""

import logging

import pytest

from bot.ids import JobId
from bot.jobs.store import JobStore
from storage.database.engine import Database
from tests.factories import make_job
from tests.stores import job_store

PROMPT = "a prompt that nobody else may read"
TOKEN = "an-interaction-token-that-works"


async def test_an_error_holds_no_values(store: JobStore) -> None:
    await store.receive(make_job(id=JobId("0" * 16)))

    with pytest.raises(Exception, match="UNIQUE") as caught:
        await store.receive(
            make_job(id=JobId("0" * 16), prompt=PROMPT, interaction_token=TOKEN)
        )

    told = f"{caught.value} {caught.value!r}"
    assert PROMPT not in told
    assert TOKEN not in told


async def test_the_most_talkative_log_holds_no_values(
    store: JobStore, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The libraries' own words at DEBUG, with which operators look for faults."""
    with (
        caplog.at_level(logging.DEBUG),
        caplog.at_level(logging.DEBUG, "sqlalchemy"),
        caplog.at_level(logging.DEBUG, "sqlalchemy.engine.Engine.clapper"),
    ):
        async with Database.open(database_url, may_write=None) as opened:
            talkative = job_store(opened)
            job = make_job(prompt=PROMPT, interaction_token=TOKEN)
            await talkative.receive(job)
            await talkative.note({job.id: {"interaction_token": f"{TOKEN}-2"}})
            assert await talkative.get(job.id) is not None

    assert "aiosqlite" in {record.name for record in caplog.records}
    assert "INSERT INTO jobs" in caplog.text
    assert PROMPT not in caplog.text
    assert TOKEN not in caplog.text
    assert await store.get(job.id) is not None


async def test_hostile_prompts_are_only_text(store: JobStore) -> None:
    prompt = "'); DROP TABLE jobs; -- :state ? %s {0} \x00 \r\n🎬"
    job = make_job(prompt=prompt)

    await store.receive(job)

    stored = await store.get(job.id)
    assert stored is not None
    assert stored.request.prompt == prompt
