"""What EvoLink took for the latest clips of a model, as estimates go by it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.estimates import Bill
from storage.database.engine import Database
from storage.quotas.bills import SqlBills
from tests.factories import NOON, make_job, reach
from tests.storage.plans import collecting, plan, uses

S = JobState
BETA = "grok-imagine-text-to-video-beta"


async def billed(store: JobStore, minutes: int, **changes: Any) -> None:
    asked = {
        name: changes.pop(name)
        for name in ("duration_s", "quality", "sound", "picture", "model")
        if name in changes
    }
    at = NOON + timedelta(minutes=minutes)
    job = make_job(requested_at=at, **({"model": BETA, "quality": "720p"} | asked))
    await reach(store, changes.pop("state", S.DELIVERED), job, **changes)


async def test_the_latest_bills_of_a_model_and_a_quality_come_first(
    store: JobStore, database: Database
) -> None:
    """What was used, and else what was reserved, which a failed task gets back."""
    own = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
    await billed(store, 1, duration_s=6, credits_reserved=9.0, credits_used=8.0)
    await billed(store, 2, duration_s=7, credits_reserved=9.5, sound=True)
    await billed(
        store, 3, state=S.FAILED, credits_reserved=9.0, credits_used=0.0, picture=own
    )
    await billed(store, 4, quality="480p", credits_used=4.0)
    await billed(store, 5, quality=None, credits_used=5.0)
    await billed(store, 6, model="sora-2-preview", credits_used=6.0)
    await billed(store, 7, credits_estimated=7.0)
    await billed(store, 8, state=S.CANCELLED, credits_used=0.0)
    bills = SqlBills(database)

    def bill(duration_s: int, taken: float, **more: Any) -> Bill:
        known = {"sound": None, "with_picture": False} | more
        return Bill(duration_s=duration_s, credits=taken, **known)

    assert await bills.latest(BETA, "720p", 9) == [
        bill(6, 9.0, with_picture=True),
        bill(7, 9.5, sound=True),
        bill(6, 8.0),
    ]
    assert await bills.latest(BETA, "720p", 1) == [bill(6, 9.0, with_picture=True)]
    assert await bills.latest(BETA, None, 9) == [bill(6, 5.0)]
    assert await bills.latest(BETA, "1080p", 9) == []


@pytest.mark.sqlite
async def test_they_are_read_from_an_index(database: Database) -> None:
    with collecting(database) as asked:
        for quality in (None, "720p"):
            await SqlBills(database).latest(BETA, quality, 60)
        steps = await plan(database, asked)

    assert uses(steps, "ix_jobs_bills")
