"""Requests whose acknowledgement was interrupted."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    AnswerUnreadable,
    MessengerDown,
    MessengerError,
    SearchInconclusive,
    TokenExpired,
)
from bot.ids import JobId, MessageId
from bot.jobs.jobs import TOKEN_LIFE
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.request_recovery import (
    LEAVE_ALONE_S,
    LEAVE_PICTURES_ALONE_S,
    MOST_ERRORS,
    PAGE,
    PAUSE_S,
    RequestRecovery,
)
from bot.requests.admission import Admission, AdmissionStore
from bot.workers import side_by_side
from bot.workers.limits import Limits
from tests.channels import ScriptedChannels, make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.pipeline.outside import ScriptedMessenger
from tests.pipeline.stages import Stages
from tests.stores import FIRST_ESTIMATES


@pytest.fixture
def channels() -> ScriptedChannels:
    return ScriptedChannels()


@pytest.fixture
def recovery(
    store: JobStore,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    decisions: AdmissionStore,
    limits: Limits,
    channels: ScriptedChannels,
) -> RequestRecovery:
    return RequestRecovery(
        store,
        Admission(decisions, make_rules(), make_gate(channels), FIRST_ESTIMATES),
        messenger,
        clock,
        lookups=limits.lookups,
        is_alone=lambda: True,
    )


async def test_a_request_whose_message_stands_is_saved(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    """The member saw that it was taken, so it must be made, and counted."""
    job = await stages.received()
    messenger.responses[job.id] = MessageId(4)
    clock.advance(LEAVE_ALONE_S + 1)

    assert await recovery.run_once() == PAUSE_S

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.QUEUED, 4)
    assert now.interaction_token == job.interaction_token
    assert now.status_due_at == clock.now()
    assert await stages.used(job) == 1


@pytest.mark.parametrize(
    "error",
    [TokenExpired("50027"), MessengerError("400"), AnswerUnreadable("no id")],
    ids=repr,
)
async def test_a_message_that_its_token_cannot_show_is_found_in_the_channel(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    error: MessengerError,
) -> None:
    job = await stages.received()
    messenger.responses[job.id] = MessageId(4)
    messenger.fail("original_response", error)
    clock.advance(LEAVE_ALONE_S + 1)

    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.QUEUED, 4)


@pytest.mark.parametrize(
    "error", [MessengerDown("503"), MessengerError("403")], ids=repr
)
async def test_a_request_whose_message_stands_waits_until_its_server_can_be_read(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    channels: ScriptedChannels,
    error: MessengerError,
) -> None:
    job = await stages.received()
    messenger.responses[job.id] = MessageId(4)
    channels.always = error
    clock.advance(LEAVE_ALONE_S + 1)

    for _ in range(MOST_ERRORS + 1):
        await recovery.run_once()
    assert (await stages.now(job)).state is JobState.RECEIVED
    channels.always = None
    await recovery.run_once()

    assert (await stages.now(job)).state is JobState.QUEUED
    assert await stages.used(job) == 1
    assert messenger.ended == []


async def test_a_request_whose_server_stays_unreadable_is_refused_in_its_message(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    channels: ScriptedChannels,
) -> None:
    job = await stages.received()
    messenger.responses[job.id] = MessageId(4)
    channels.always = MessengerDown("503")
    clock.advance(TOKEN_LIFE.total_seconds())

    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.REFUSED, 4)
    assert now.status_due_at == clock.now()
    assert await stages.used(job) == 0


@pytest.mark.parametrize("found", [None, SearchInconclusive("300 messages")], ids=repr)
async def test_an_answer_that_nobody_can_read_ends_the_request_and_says_so(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    found: MessengerError | None,
) -> None:
    """It may stand there and say that the request is in: that must not stay so."""
    job = await stages.received()
    messenger.fail("original_response", AnswerUnreadable("no id"))
    if found is not None:
        messenger.fail("find_status", found)
    clock.advance(LEAVE_ALONE_S + 1)

    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.interaction_token) == (JobState.REFUSED, None)
    assert await stages.used(job) == 0
    (ended,) = messenger.ended
    assert (ended.id, ended.state) == (job.id, JobState.REFUSED)
    assert ended.interaction_token == job.interaction_token


async def test_errors_without_end_end_the_request_and_say_so(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received()
    clock.advance(LEAVE_ALONE_S + 1)

    async def surprise() -> None:
        raise KeyError

    with capture_logs():
        for _ in range(MOST_ERRORS):
            assert (await stages.now(job)).state is JobState.RECEIVED
            messenger.during["original_response"] = surprise
            await recovery.run_once()

    assert (await stages.now(job)).state is JobState.REFUSED
    assert [one.id for one in messenger.ended] == [job.id]


PICTURE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)


async def test_a_request_whose_picture_is_being_read_is_left_to_its_command(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received(picture=PICTURE)
    messenger.responses[job.id] = MessageId(4)
    clock.advance(LEAVE_PICTURES_ALONE_S - 1)

    await recovery.run_once()

    assert (await stages.now(job)).state is JobState.RECEIVED


@pytest.mark.parametrize("how_long_s", [0, LEAVE_PICTURES_ALONE_S + 1])
async def test_a_request_whose_picture_nobody_reads_any_more_is_refused_in_its_message(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    how_long_s: float,
) -> None:
    """The picture was in the memory of a process that died."""
    # At once after a restart: before that somebody else took it.
    asked_at = clock.now() - timedelta(seconds=0 if how_long_s else 1)
    job = await stages.received(picture=PICTURE, requested_at=asked_at)
    messenger.responses[job.id] = MessageId(4)
    clock.advance(how_long_s)

    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.REFUSED, 4)
    assert now.status_due_at == clock.now()
    assert await stages.used(job) == 0


async def test_tokens_are_erased_with_the_end_or_after_fifteen_minutes(
    recovery: RequestRecovery, stages: Stages, clock: FakeClock
) -> None:
    token = {"interaction_token": "token"}
    told = await stages.failed(
        **token, notice_due_at=None, status_due_at=None, delivery_due_at=None
    )
    notice = await stages.failed("task-2", **token, status_due_at=None)
    status = await stages.failed("task-3", **token, notice_due_at=None)
    made = await stages.generating("task-4", **token, status_due_at=None)
    everyone = (told, notice, status, made)
    await recovery.run_once()

    kept = [(await stages.now(job)).interaction_token for job in everyone]
    assert kept == [None, "token", "token", "token"]

    clock.advance(TOKEN_LIFE.total_seconds() + 1)
    await recovery.run_once()

    kept = [(await stages.now(job)).interaction_token for job in everyone]
    assert kept == [None] * 4


@pytest.mark.parametrize("error", [None, TokenExpired("50027")], ids=repr)
async def test_a_request_that_nobody_saw_taken_is_dropped(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    error: MessengerError | None,
) -> None:
    job = await stages.received()
    if error is not None:
        messenger.fail("original_response", error)
    clock.advance(LEAVE_ALONE_S + 1)

    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.interaction_token) == (JobState.REFUSED, None)
    assert await stages.used(job) == 0


async def test_a_request_just_received_is_left_to_its_command(
    recovery: RequestRecovery, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.received()
    clock.advance(LEAVE_ALONE_S)

    await recovery.run_once()

    assert (await stages.now(job)).state is JobState.RECEIVED


async def test_while_discord_is_down_it_waits_as_long_as_the_token_lives(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received()
    messenger.always["original_response"] = MessengerDown("503")

    clock.advance(TOKEN_LIFE.total_seconds() - 1)
    await recovery.run_once()
    assert (await stages.now(job)).state is JobState.RECEIVED
    clock.advance(1)
    await recovery.run_once()

    assert (await stages.now(job)).state is JobState.REFUSED


async def test_one_requests_surprise_is_no_other_ones_business(
    recovery: RequestRecovery,
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
        await recovery.run_once()
    saved = [(await stages.now(job)).state for job in jobs].count(JobState.QUEUED)
    await recovery.run_once()

    assert saved == 2
    assert "request recovery failed" in [one["event"] for one in logs]
    for job in jobs:
        assert (await stages.now(job)).state is JobState.QUEUED


async def test_a_request_settled_by_its_command_meanwhile_stays_so(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.received()
    clock.advance(LEAVE_ALONE_S + 1)

    async def queued() -> None:
        await stages.move(job, JobState.QUEUED, status_message_id=MessageId(8))

    messenger.during["original_response"] = queued
    await recovery.run_once()

    now = await stages.now(job)
    assert (now.state, now.status_message_id) == (JobState.QUEUED, 8)
    assert await stages.used(job) == 1


async def test_a_request_without_an_answer_holds_up_no_other(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(side_by_side, "OVERDUE_S", 0.05)
    jobs = [await stages.received() for _ in range(3)]
    messenger.during["original_response"] = asyncio.Event().wait
    clock.advance(LEAVE_ALONE_S + 1)

    await recovery.run_once()
    clock.advance(PAUSE_S)
    await recovery.run_once()
    await recovery.abandon()

    states = [(await stages.now(job)).state for job in jobs]
    assert states.count(JobState.REFUSED) == 2


async def test_among_several_processes_only_its_age_says_that_nobody_is_about_it(
    store: JobStore,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    decisions: AdmissionStore,
    limits: Limits,
) -> None:
    """Another one may be acknowledging what was asked before this one began."""
    job = await stages.received()
    clock.advance(2)
    living = 2
    recovery = RequestRecovery(
        store,
        Admission(decisions, make_rules(), make_gate(), FIRST_ESTIMATES),
        messenger,
        clock,
        lookups=limits.lookups,
        is_alone=lambda: living == 1,
    )

    await recovery.run_once()
    await recovery.drain()
    assert (await stages.now(job)).state is JobState.RECEIVED
    clock.advance(LEAVE_ALONE_S)
    await recovery.run_once()
    await recovery.drain()

    assert (await stages.now(job)).state is JobState.REFUSED


@pytest.mark.thorough
async def test_more_requests_without_an_answer_than_are_looked_at_hide_no_other(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    limits: Limits,
    clock: FakeClock,
) -> None:
    jobs = [await stages.received() for _ in range(PAGE + 5)]
    clock.advance(LEAVE_ALONE_S + 1)
    messenger.always["original_response"] = MessengerDown("500")
    while not all(limits.lookups.fails(job.id) for job in jobs):
        await recovery.run_once()
        clock.advance(0.5)

    other = await stages.received(id=JobId("f" * 16))  # by their ids, the last
    clock.advance(LEAVE_ALONE_S + 1)
    del messenger.always["original_response"]
    await recovery.run_once()

    assert (await stages.now(other)).state is JobState.REFUSED
