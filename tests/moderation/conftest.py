"""What the tests of both workers that post to moderators build upon."""

import pytest

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.policy import SpicyPolicy
from bot.moderation.review import Review
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.requests.reviews import SqlReviewStore
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.factories import make_job, reach
from tests.moderation.board import ADMIN, REVIEW, ScriptedBoard


@pytest.fixture
def board() -> ScriptedBoard:
    return ScriptedBoard()


@pytest.fixture
def channels() -> ScriptedChannels:
    return ScriptedChannels({REVIEW})


@pytest.fixture
async def settings(database: Database, clock: FakeClock) -> SqlModerationStore:
    store = SqlModerationStore(database)
    moderation = Moderation(store, clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, REVIEW)
    return store


@pytest.fixture
def review(
    store: JobStore,
    database: Database,
    settings: SqlModerationStore,
    clock: FakeClock,
) -> Review:
    blocks = Blocks(settings, clock)
    return Review(store, SqlReviewStore(database, listener=None), blocks, clock)


@pytest.fixture
async def waiting(
    store: JobStore,
    settings: SqlModerationStore,  # noqa: ARG001 - the card goes where they say
) -> Job:
    return await reach(store, JobState.AWAITING_REVIEW, make_job(mode=Mode.SPICY))
