"""Notices: told once, and tried again where that may help."""

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
)
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.notifier import LEAST_ATTEMPTS, STALE_AFTER_S, Notifier
from bot.pipeline.ports import Posting
from bot.workers.handler_errors import AFTER_ERROR_S
from bot.workers.limits import Limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from tests.clock import FakeClock
from tests.pipeline.outside import Fault, ScriptedMessenger
from tests.pipeline.stages import Stages

DOWN = MessengerDown("503")


@pytest.fixture
def notifier(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock, limits: Limits
) -> Notifier:
    return Notifier(store, messenger, clock, messages=limits.messages)


async def turn(notifier: Notifier) -> None:
    await notifier.run_once()
    await notifier.drain()


async def test_a_failure_is_told_once_and_the_status_then_links_to_it(
    notifier: Notifier, stages: Stages, clock: FakeClock, messenger: ScriptedMessenger
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    clock.advance(3)

    for _ in range(3):
        await turn(notifier)

    (message,) = messenger.messages
    now = await stages.now(job)
    assert message.content == "no clip: gave_up"
    assert (now.notice_message_id, now.notice_due_at) == (message.id, None)
    assert now.status_due_at == clock.now()


@pytest.mark.parametrize("after_s", [2, 61, 3600])
async def test_a_notice_whose_answer_was_lost_is_not_posted_twice(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    after_s: float,
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.fail("post_notice", Fault(DOWN, after_effect=True))

    await turn(notifier)
    assert (await stages.now(job)).notice_due_at is not None
    clock.advance(after_s)
    await turn(notifier)

    (message,) = messenger.seen(Posting.NOTICE, job)
    assert (await stages.now(job)).notice_message_id == message.id


@pytest.mark.parametrize("error", [DOWN, MessengerError("400")], ids=repr)
async def test_what_may_pass_is_tried_again(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    error: MessengerError,
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.fail("post_notice", error)

    await turn(notifier)
    waiting = await stages.now(job)
    assert (waiting.notice_attempts, waiting.notice_message_id) == (1, None)
    clock.advance(REFUSED_WAIT_S)
    await turn(notifier)

    assert (await stages.now(job)).notice_message_id is not None


async def test_discords_wait_is_kept(
    notifier: Notifier, stages: Stages, clock: FakeClock, messenger: ScriptedMessenger
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.fail("post_notice", MessengerDown("429", retry_after_s=300))

    await turn(notifier)

    due = (await stages.now(job)).notice_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() == 300


@pytest.mark.parametrize(
    "error",
    [PlaceGone("10003"), PlaceForbidden("50013"), MessageBlocked("x"), MessageGone("")],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("into_status", [True, False])
async def test_where_nobody_can_be_told_the_status_message_still_ends(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    error: MessengerError,
    *,
    into_status: bool,
) -> None:
    """It says itself why there is no clip, or its end if that is impossible too."""
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.fail("post_notice", error)
    if not into_status:
        messenger.fail("notice_into_status", PlaceForbidden("50001"))

    await turn(notifier)

    now = await stages.now(job)
    # A notice that was deleted before we knew of it has been seen.
    said = into_status and not isinstance(error, MessageGone)
    assert now.notice_message_id == (job.status_message_id if said else None)
    assert messenger.replaced == (
        {job.status_message_id: "no clip: gave_up"} if said else {}
    )
    assert now.notice_due_at is None
    assert now.status_due_at == clock.now()


@pytest.mark.parametrize("error", [MessengerError("400"), MessengerError("404")])
async def test_a_notice_that_is_always_refused_is_told_in_the_status_message(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    error: MessengerError,
) -> None:
    """After a few tries, not after a day of them."""
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.always["post_notice"] = error

    for _ in range(MOST_REFUSALS - 1):
        await turn(notifier)
        due_at = (await stages.now(job)).notice_due_at
        assert due_at == clock.advance(REFUSED_WAIT_S)
    assert messenger.replaced == {}
    await turn(notifier)

    now = await stages.now(job)
    assert now.notice_due_at is None
    assert now.notice_message_id == job.status_message_id
    assert messenger.messages == []


async def test_a_notice_begun_in_the_status_message_goes_nowhere_else(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    """The process died after the edit, and the channel is open again since."""
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.fail("post_notice", PlaceForbidden("50013"))

    async def killed() -> None:
        raise ConnectionAbortedError

    messenger.during["notice_into_status"] = killed
    with capture_logs():
        await turn(notifier)
    clock.advance(AFTER_ERROR_S)
    await turn(notifier)

    assert messenger.messages == []
    now = await stages.now(job)
    assert now.notice_message_id == job.status_message_id
    assert now.notice_due_at is None


async def test_while_discord_is_down_a_notice_waits_for_the_status_message(
    notifier: Notifier,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.always["post_notice"] = PlaceForbidden("50013")
    messenger.fail("notice_into_status", DOWN)

    await turn(notifier)
    assert (await stages.now(job)).notice_due_at is not None
    clock.advance(2)
    await turn(notifier)

    assert (await stages.now(job)).notice_message_id == job.status_message_id


async def test_a_notice_is_not_tried_for_ever(
    notifier: Notifier, stages: Stages, clock: FakeClock, messenger: ScriptedMessenger
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)
    messenger.always["post_notice"] = DOWN
    clock.advance(STALE_AFTER_S + 1)

    for _ in range(LEAST_ATTEMPTS):
        await turn(notifier)
        clock.advance(121)
    assert (await stages.now(job)).notice_due_at is not None
    await turn(notifier)

    assert (await stages.now(job)).notice_due_at is None


@pytest.mark.parametrize("state", [JobState.DELIVERING, JobState.DELIVERED])
async def test_a_late_clip_makes_a_pending_notice_untrue(
    notifier: Notifier,
    stages: Stages,
    messenger: ScriptedMessenger,
    state: JobState,
) -> None:
    job = await stages.move(
        await stages.failed(failure=Failure.GAVE_UP),
        JobState.DELIVERING,
        failure=None,
    )
    if state is JobState.DELIVERED:
        job = await stages.move(job, state)
    else:
        await stages.store.note({job.id: {"delivery_due_at": job.requested_at}})
    assert job.notice_due_at is not None

    await turn(notifier)

    assert messenger.messages == []
    assert (await stages.now(job)).notice_due_at is None


async def test_the_notice_and_the_late_clip_are_two_messages(
    notifier: Notifier, stages: Stages, messenger: ScriptedMessenger
) -> None:
    """With one nonce for both, Discord would answer the clip with the notice."""
    job = await stages.failed(failure=Failure.GAVE_UP)
    await turn(notifier)

    await messenger.post_link(job, job.requested_at)

    assert len(messenger.messages) == 2
