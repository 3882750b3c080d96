import pytest
from structlog.testing import capture_logs

from bot.domain.ids import MessageId
from bot.domain.states import JobState
from bot.errors import MessengerDown, MessengerError, TokenExpired
from bot.ports import JobStore
from bot.usecases.admission import Admission
from bot.workers.reception import LEAVE_ALONE_S, PAUSE_S, TOKEN_LIFE_S, Reception
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.workers.outside import ScriptedMessenger
from tests.workers.stages import Stages


@pytest.fixture
def reception(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock
) -> Reception:
    return Reception(
        store, Admission(store, make_rules(), make_gate()), messenger, clock
    )


async def test_a_request_whose_message_stands_is_saved(
    reception: Reception,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    """The member saw that it was taken, so it must be made, and counted."""
    job = await stages.received()
    messenger.responses[job.id] = MessageId(4)
    clock.advance(LEAVE_ALONE_S + 1)

    assert await reception.look() == PAUSE_S

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.QUEUED, 4)
    assert (now.interaction_token, now.status_due_at) == (None, clock.now())
    assert await stages.used(job) == 1


@pytest.mark.parametrize(
    "error", [None, TokenExpired("50027"), MessengerError("10015")], ids=repr
)
async def test_a_request_that_nobody_saw_taken_is_dropped(
    reception: Reception,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    error: MessengerError | None,
) -> None:
    job = await stages.received()
    if error is not None:
        messenger.fail("original_response", error)
    clock.advance(LEAVE_ALONE_S + 1)

    await reception.look()

    now = await stages.now(job)
    assert (now.state, now.interaction_token) == (JobState.REFUSED, None)
    assert await stages.used(job) == 0


async def test_a_request_just_received_is_left_to_its_command(
    reception: Reception, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.received()
    clock.advance(LEAVE_ALONE_S)

    await reception.look()

    assert (await stages.now(job)).state is JobState.RECEIVED


async def test_while_discord_is_down_it_waits_as_long_as_the_token_lives(
    reception: Reception,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received()
    messenger.always["original_response"] = MessengerDown("503")

    clock.advance(TOKEN_LIFE_S - 1)
    await reception.look()
    assert (await stages.now(job)).state is JobState.RECEIVED
    clock.advance(1)
    await reception.look()

    assert (await stages.now(job)).state is JobState.REFUSED


async def test_one_requests_surprise_is_no_other_ones_business(
    reception: Reception,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    jobs = [await stages.received() for _ in range(3)]
    for job in jobs:
        messenger.responses[job.id] = MessageId(4)
    clock.advance(LEAVE_ALONE_S + 1)

    async def surprise() -> None:
        raise KeyError

    messenger.during["original_response"] = surprise
    with capture_logs() as logs:
        await reception.look()
    saved = [(await stages.now(job)).state for job in jobs].count(JobState.QUEUED)
    await reception.look()

    assert saved == 2
    assert "request not settled" in [one["event"] for one in logs]
    for job in jobs:
        assert (await stages.now(job)).state is JobState.QUEUED


async def test_a_request_settled_by_its_command_meanwhile_stays_so(
    reception: Reception,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received()
    clock.advance(LEAVE_ALONE_S + 1)

    async def queued() -> None:
        await stages.move(job, JobState.QUEUED, status_message_id=MessageId(8))

    messenger.during["original_response"] = queued
    await reception.look()

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.QUEUED, 8)
    assert await stages.used(job) == 1
