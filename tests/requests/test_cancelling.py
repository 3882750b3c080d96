"""Cancelling: when it is free, and when it counts."""

import asyncio

import pytest

from bot.errors import NotAllowed, NotFound, TooLate
from bot.ids import new_job_id
from bot.jobs.states import CANCELLABLE_STATES, JobState
from bot.jobs.store import JobStore
from bot.requests.cancelling import MOST_CHOICES, Cancelling
from bot.servers.people import Actor
from bot.texts.texts import Texts
from cogs.drawing.status import end_line
from tests.clock import FakeClock
from tests.pipeline.stages import Stages
from tests.servers.people import (
    make_actor,
    moderator_of_another_server,
    somebody_else,
)


@pytest.fixture
def cancelling(store: JobStore, clock: FakeClock) -> Cancelling:
    return Cancelling(store, clock)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


@pytest.mark.parametrize("actor", [make_actor(), somebody_else(is_moderator=True)])
async def test_a_waiting_job_is_cancelled_for_free(
    cancelling: Cancelling,
    stages: Stages,
    clock: FakeClock,
    actor: Actor,
) -> None:
    job = await stages.queued()

    cancelled = await cancelling.cancel(job.id, actor, confirmed=True)

    assert cancelled.free
    assert cancelled.job == await stages.now(job)
    assert cancelled.job.state is JobState.CANCELLED
    assert cancelled.job.status_due_at == clock.now()
    assert await stages.used(job) == 0


async def test_a_request_that_is_still_being_taken_is_not_cancelled_yet(
    cancelling: Cancelling, stages: Stages
) -> None:
    """Its message stands while its picture is loaded, with a button to cancel it."""
    job = await stages.received()

    with pytest.raises(TooLate, match="too-early-cancel"):
        await cancelling.cancel(job.id, make_actor(), confirmed=False)

    assert (await stages.now(job)).state is JobState.RECEIVED


@pytest.mark.parametrize("stage", ["submitting", "generating"])
async def test_a_job_being_made_counts_and_its_task_is_followed(
    cancelling: Cancelling, stages: Stages, stage: str
) -> None:
    """EvoLink has no cancel call: it is paid for."""
    job = await getattr(stages, stage)()

    cancelled = await cancelling.cancel(job.id, make_actor(), confirmed=True)

    assert not cancelled.free
    assert cancelled.job.poll_due_at == job.poll_due_at
    assert await stages.used(job) == 1
    assert len(await stages.store.making()) == 1


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_job_whose_picture_is_being_uploaded_is_cancelled_for_free(
    cancelling: Cancelling, stages: Stages, texts: Texts, *, confirmed: bool
) -> None:
    """Nothing was paid for, and the job's message says so, too."""
    job = await stages.submitting(unsure_since=None)

    cancelled = await cancelling.cancel(job.id, make_actor(), confirmed=confirmed)

    now = await stages.now(job)
    assert cancelled.job == now
    assert (cancelled.done, cancelled.free) == (True, True)
    assert (now.state, now.submit_due_at) == (JobState.CANCELLED, job.submit_due_at)
    assert await stages.used(job) == 0
    assert "doesn't count" in end_line(texts, now)


async def test_a_job_that_was_refused_and_waits_again_is_cancelled_for_free(
    cancelling: Cancelling, stages: Stages, texts: Texts
) -> None:
    job = await stages.submitting()
    back = JobState.QUEUED
    await stages.move(job, back, submit_due_at=None, unsure_since=None)

    cancelled = await cancelling.cancel(job.id, make_actor(), confirmed=False)

    assert cancelled.free
    assert "doesn't count" in end_line(texts, await stages.now(job))


@pytest.mark.parametrize("stage", ["submitting", "generating"])
async def test_what_counts_says_so(
    cancelling: Cancelling, stages: Stages, texts: Texts, stage: str
) -> None:
    job = await getattr(stages, stage)()

    await cancelling.cancel(job.id, make_actor(), confirmed=True)

    assert "It counts" in end_line(texts, await stages.now(job))


@pytest.mark.parametrize("stage", ["submitting", "generating"])
async def test_a_job_being_made_is_not_cancelled_before_somebody_confirms(
    cancelling: Cancelling, stages: Stages, stage: str
) -> None:
    job = await getattr(stages, stage)()

    asked = await cancelling.cancel(job.id, make_actor(), confirmed=False)

    assert not asked.done
    assert await stages.now(job) == job


async def test_a_waiting_job_needs_no_confirmation(
    cancelling: Cancelling, stages: Stages
) -> None:
    job = await stages.queued()

    cancelled = await cancelling.cancel(job.id, make_actor(), confirmed=False)

    assert cancelled.done
    assert cancelled.free


@pytest.mark.parametrize("confirmed", [True, False])
async def test_an_ended_job_is_not_asked_about(
    cancelling: Cancelling, stages: Stages, *, confirmed: bool
) -> None:
    job = await stages.delivering()

    with pytest.raises(TooLate):
        await cancelling.cancel(job.id, make_actor(), confirmed=confirmed)


@pytest.mark.parametrize("actor", [somebody_else(), make_actor(is_manager=False)])
async def test_only_the_requester_and_moderators_cancel(
    cancelling: Cancelling, stages: Stages, actor: Actor
) -> None:
    job = await stages.queued(user_id=12345)

    with pytest.raises(NotAllowed, match="not-allowed-cancel"):
        await cancelling.cancel(job.id, actor, confirmed=True)

    assert (await stages.now(job)).state is JobState.QUEUED


async def test_a_job_of_another_server_does_not_exist_for_its_moderators(
    cancelling: Cancelling, stages: Stages
) -> None:
    """A forged custom_id names any job: whose server it is decides."""
    job = await stages.queued()

    for job_id in (job.id, new_job_id()):
        with pytest.raises(NotFound, match="not-found-job"):
            await cancelling.cancel(
                job_id, moderator_of_another_server(), confirmed=True
            )

    assert (await stages.now(job)).state is JobState.QUEUED


async def test_a_clip_on_its_way_is_not_cancelled(
    cancelling: Cancelling, stages: Stages
) -> None:
    job = await stages.delivering()

    with pytest.raises(TooLate, match="too-late-cancel"):
        await cancelling.cancel(job.id, make_actor(), confirmed=True)

    assert (await stages.now(job)).state is JobState.DELIVERING


async def test_of_many_presses_one_counts(
    cancelling: Cancelling, stages: Stages
) -> None:
    job = await stages.generating()

    results = await asyncio.gather(
        *(cancelling.cancel(job.id, make_actor(), confirmed=True) for _ in range(10)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, TooLate) for one in results) == 9
    assert await stages.used(job) == 1


async def test_a_job_submitted_between_look_and_move_is_cancelled_and_counts(
    cancelling: Cancelling,
    stages: Stages,
    store: JobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await stages.queued()
    move = store.move

    async def submitted_first(
        job_id: object, states: set[JobState], *args: object, **changes: object
    ) -> object:
        """Submit the job just before somebody tries to cancel it as queued."""
        if JobState.QUEUED in states:
            now, new = job.requested_at, JobState.SUBMITTING
            assert await move(
                job.id,
                JobState.QUEUED,
                new,
                now,
                submit_due_at=now,
                unsure_since=now,
            )
        return await move(job_id, states, *args, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "move", submitted_first)
    cancelled = await cancelling.cancel(job.id, make_actor(), confirmed=True)

    assert not cancelled.free
    assert cancelled.job.state is JobState.CANCELLED
    assert await stages.used(job) == 1


async def test_a_member_may_choose_from_what_is_still_cancellable(
    cancelling: Cancelling, stages: Stages, clock: FakeClock
) -> None:
    await stages.delivering()
    await stages.queued(user_id=12345)
    jobs = []
    for _ in range(MOST_CHOICES + 2):
        clock.advance(1)
        jobs.append(await stages.queued())

    choices = await cancelling.cancellable(make_actor())

    assert [one.id for one in choices] == [job.id for job in jobs[:1:-1]]
    assert {one.state for one in choices} <= CANCELLABLE_STATES
