"""A request while the database is in trouble: told, or done, and never both."""

import pytest

from bot import deadline
from bot.errors import Refused, StorageFull, TokenExpired
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission
from bot.requests.intake import TRIES_WITH_PICTURE, Intake
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.offers import PICTURES, PLAIN, in_servers
from tests.pictures.samples import SentPicture, jpeg
from tests.pipeline.failing import TroubledDatabase, troubled_decisions, troubled_store
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_incoming
from tests.stores import FIRST_ESTIMATES


@pytest.fixture
def troubled(database: Database) -> TroubledDatabase:
    return TroubledDatabase(database)


@pytest.fixture
def intake(troubled: TroubledDatabase, pause: IntakePause, clock: FakeClock) -> Intake:
    jobs = troubled_store(troubled)
    admission = Admission(
        troubled_decisions(troubled), make_rules(), make_gate(), FIRST_ESTIMATES
    )
    return Intake(
        jobs, pause, admission, in_servers(PLAIN), clock, pictures=Preparation(None)
    )


def taking_pictures(
    troubled: TroubledDatabase, pause: IntakePause, clock: FakeClock
) -> Intake:
    return Intake(
        troubled_store(troubled),
        pause,
        Admission(
            troubled_decisions(troubled), make_rules(), make_gate(), FIRST_ESTIMATES
        ),
        in_servers(PICTURES),
        clock,
        pictures=Preparation(None),
    )


async def now_fail(troubled: TroubledDatabase, coming: list[bool]) -> None:
    troubled.coming = coming


async def test_what_cannot_be_recorded_is_not_shown(
    intake: Intake,
    troubled: TroubledDatabase,
    store: JobStore,
    ack: ScriptedAcknowledgement,
) -> None:
    troubled.coming = [True]

    with pytest.raises(StorageFull):
        await intake.request(make_incoming(), ack)

    assert ack.shown == []
    assert await store.counts() == {}


async def test_what_was_shown_is_settled_later_and_not_called_a_failure(
    intake: Intake,
    troubled: TroubledDatabase,
    store: JobStore,
    ack: ScriptedAcknowledgement,
) -> None:
    """The member would else ask again, and pay for both."""
    ack.meanwhile.append(now_fail(troubled, [True]))

    job = await intake.request(make_incoming(), ack)

    assert job.state is JobState.RECEIVED
    assert len(ack.shown) == 1
    assert ack.withdrawn == []
    assert await store.counts() == {JobState.RECEIVED: 1}


async def test_a_picture_that_only_we_have_is_stored_once_the_database_is_back(
    troubled: TroubledDatabase,
    pause: IntakePause,
    clock: FakeClock,
    database: Database,
    ack: ScriptedAcknowledgement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Request recovery could not but drop it."""
    monkeypatch.setattr("bot.requests.intake.RETRY_S", 0.0)
    intake = taking_pictures(troubled, pause, clock)
    sent = SentPicture(jpeg())
    ack.meanwhile.append(now_fail(troubled, [True] * (TRIES_WITH_PICTURE - 1)))

    job = await intake.request(make_incoming(picture=sent), ack)

    assert job.state is JobState.QUEUED
    assert await SqlPictures(database).of(job.id) is not None
    assert (ack.withdrawn, sent.reads) == ([], 1)


async def test_a_picture_that_cannot_be_stored_for_long_is_left_to_recovery(
    troubled: TroubledDatabase,
    pause: IntakePause,
    clock: FakeClock,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.requests.intake.RETRY_S", 0.0)
    intake = taking_pictures(troubled, pause, clock)
    ack.meanwhile.append(now_fail(troubled, [True] * TRIES_WITH_PICTURE))

    job = await intake.request(make_incoming(picture=SentPicture(jpeg())), ack)

    assert job.state is JobState.RECEIVED
    assert await store.counts() == {JobState.RECEIVED: 1}


async def test_who_has_an_answer_is_not_hurried_any_more(
    intake: Intake, ack: ScriptedAcknowledgement
) -> None:
    deadline.answer_within(2)

    await intake.request(make_incoming(), ack)

    assert deadline.left_s() is None


async def test_a_refusal_is_told_and_withdrawn_also_where_it_cannot_be_recorded(
    troubled: TroubledDatabase,
    pause: IntakePause,
    clock: FakeClock,
    store: JobStore,
    ack: ScriptedAcknowledgement,
) -> None:
    jobs = troubled_store(troubled)
    decisions = troubled_decisions(troubled)
    admission = Admission(
        decisions, make_rules(member_per_day=1), make_gate(), FIRST_ESTIMATES
    )
    intake = Intake(
        jobs, pause, admission, in_servers(PLAIN), clock, pictures=Preparation(None)
    )
    other = intake.request(make_incoming(), ScriptedAcknowledgement(store))
    # The decision is made; the refusal is not recorded.
    ack.meanwhile += [other, now_fail(troubled, [False, True])]

    with pytest.raises(Refused, match="refused-member-day"):
        await intake.request(make_incoming(), ack)

    assert len(ack.withdrawn) == 1
    assert await store.counts() == {JobState.QUEUED: 1, JobState.RECEIVED: 1}


async def test_an_answer_that_came_too_late_stays_one(
    intake: Intake, troubled: TroubledDatabase, ack: ScriptedAcknowledgement
) -> None:
    ack.error = TokenExpired("late")
    ack.meanwhile.append(now_fail(troubled, [True]))

    with pytest.raises(TokenExpired):
        await intake.request(make_incoming(), ack)
