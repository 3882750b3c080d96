"""A clip is posted once, whatever is refused, lost, or cannot be searched."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.delivery.spool import Spool
from bot.errors import (
    FetchGone,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    SearchInconclusive,
    TokenExpired,
)
from bot.ids import ChannelId
from bot.jobs.failures import Failure
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.deliverer import LEAST_ATTEMPTS, STALE_AFTER_S, Deliverer
from bot.pipeline.ports import Posting
from bot.workers.limits import Limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.scan import MIN_SCAN
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.pipeline.delivering import DOWN, due_in_s, turn, turns
from tests.pipeline.limits import warm
from tests.pipeline.outside import (
    CLIP,
    Fault,
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
)
from tests.pipeline.parts import host_watch
from tests.pipeline.stages import Stages


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (PlaceGone("10003"), Failure.PLACE_GONE),
        (PlaceForbidden("50013"), Failure.PLACE_FORBIDDEN),
        (MessageBlocked("200000"), Failure.BLOCKED),
    ],
    ids=lambda one: one.value if isinstance(one, Failure) else "",
)
async def test_where_there_is_no_place_for_it_the_job_ends_free(
    deliverer: Deliverer,
    stages: Stages,
    messenger: ScriptedMessenger,
    spool: Spool,
    error: MessengerError,
    failure: Failure,
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", error)

    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNDELIVERABLE, failure)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0
    assert list(spool.jobs()) == []


@pytest.mark.parametrize(
    "error", [DOWN, TokenExpired("50027"), MessengerError("400")], ids=repr
)
async def test_what_may_pass_is_tried_again_without_fetching_anew(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    error: MessengerError,
) -> None:
    """The clip waits on disk; its link may die meanwhile."""
    job = await stages.delivering()
    messenger.fail("post_clip", error, error)

    await turn(deliverer)
    fetcher.always = FetchGone("404")
    await turns(deliverer, clock, 2)

    assert (await stages.now(job)).state is JobState.DELIVERED
    assert len(fetcher.fetched) == 1


async def test_discords_wait_is_kept(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", MessengerDown("429", retry_after_s=300))

    await turn(deliverer)

    due = (await stages.now(job)).delivery_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() == 300


async def test_what_discord_never_takes_is_given_up_after_days(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    """An open job must come to an end, but one bad try after days off is not it."""
    job = await stages.delivering()
    messenger.always["post_clip"] = DOWN
    messenger.always["find_posted"] = DOWN
    clock.advance(STALE_AFTER_S + 1)

    await turns(deliverer, clock, LEAST_ATTEMPTS)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNDELIVERABLE, Failure.UNEXPECTED)


@pytest.mark.parametrize("answered", ["post", "search"])
async def test_what_discord_always_refuses_is_given_up_after_a_few_tries(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    spool: Spool,
    answered: str,
) -> None:
    """The member hears of it within two minutes, and the clip is not sent for days."""
    job = await stages.delivering()
    if answered == "post":
        messenger.always["post_clip"] = MessengerError("400")
    else:
        messenger.fail("post_clip", DOWN)
        messenger.always["find_posted"] = MessengerError("404")
        await turn(deliverer)
        clock.advance(2)

    for _ in range(MOST_REFUSALS - 1):
        await turn(deliverer)
        assert await due_in_s(stages, job, clock) == REFUSED_WAIT_S
        clock.advance(REFUSED_WAIT_S)
    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNDELIVERABLE, Failure.NOT_TAKEN)
    assert (now.notice_due_at, now.refusals) == (clock.now(), 0)
    assert await stages.used(job) == 0
    assert list(spool.jobs()) == []


async def test_refusals_are_counted_across_lives(  # noqa: PLR0913, PLR0917 - as above
    store: JobStore,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    gate: ScriptedGate,
    clock: FakeClock,
    stages: Stages,
    limits: Limits,
) -> None:
    """A process that is begun again and again does not upload it for ever."""
    job = await stages.delivering()
    messenger.always["post_clip"] = MessengerError("400")

    for _ in range(MOST_REFUSALS):
        assert (await stages.now(job)).state is JobState.DELIVERING
        await turn(
            Deliverer(
                store,
                evolink,
                fetcher,
                messenger,
                spool,
                gate,
                clock,
                host_watch(fetcher, limits),
                results=limits.results,
                reads=limits.reads,
                messages=limits.messages,
                operator=RecordingOperator(),
                shrinker=None,
            )
        )
        clock.advance(REFUSED_WAIT_S)

    assert (await stages.now(job)).state is JobState.UNDELIVERABLE


@pytest.mark.parametrize(
    "refusal",
    [
        MessengerError("400"),
        MessengerDown("429", retry_after_s=1, refused=True),
    ],
    ids=repr,
)
async def test_after_a_refusal_there_is_nothing_to_search_for(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    refusal: MessengerError,
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", refusal)

    await turn(deliverer)
    between = await stages.now(job)
    clock.advance(REFUSED_WAIT_S)
    await turn(deliverer)

    assert between.post_intended_at is None
    assert messenger.searches == 0
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_refusal_does_not_hide_what_an_earlier_attempt_may_have_posted(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", DOWN, MessengerError("400"))

    await turn(deliverer)
    await turns(deliverer, clock, 2)

    assert messenger.searches == 2
    assert (await stages.now(job)).state is JobState.DELIVERED


@pytest.mark.parametrize("after_s", [2, 59, 61, 120, 3600, 90_000])
async def test_a_clip_whose_answer_was_lost_is_not_posted_twice(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    after_s: float,
) -> None:
    """The channel tells us, whatever Discord remembers of nonces."""
    job = await stages.delivering()
    messenger.fail("post_clip", Fault(DOWN, after_effect=True))

    await turn(deliverer)
    assert (await stages.now(job)).state is JobState.DELIVERING
    clock.advance(after_s)
    await turn(deliverer)

    (message,) = messenger.seen(Posting.CLIP, job)
    now = await stages.now(job)
    assert (now.state, now.clip_message_id) == (JobState.DELIVERED, message.id)
    assert messenger.searches == 1


@pytest.mark.parametrize("after_s", [2, 3600])
async def test_a_crash_between_posting_and_recording_does_not_post_twice(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    monkeypatch: pytest.MonkeyPatch,
    after_s: float,
) -> None:
    job = await stages.delivering()

    async def killed(*_: object, **__: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(stages.store, "move", killed)
        await turn(deliverer)
    assert len(messenger.messages) == 1
    await stages.store.note({job.id: JobChanges(delivery_due_at=clock.now())})
    clock.advance(after_s)
    await turn(deliverer)

    assert len(messenger.messages) == 1
    now = await stages.now(job)
    assert (now.state, now.clip_message_id) == (
        JobState.DELIVERED,
        messenger.messages[0].id,
    )


async def test_the_search_begins_at_the_first_intent(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    """A later attempt must not hide the message of the first."""
    job = await stages.delivering()
    messenger.fail("post_clip", DOWN, DOWN, DOWN)

    await turn(deliverer)
    first = (await stages.now(job)).post_intended_at
    await turns(deliverer, clock, 2)

    assert first == job.done_at
    assert (await stages.now(job)).post_intended_at == first
    assert messenger.searches == 2


async def test_a_channel_that_cannot_be_searched_is_not_posted_to(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    """The clip may be there already: better late than twice."""
    job = await stages.delivering()
    messenger.fail("post_clip", Fault(DOWN, after_effect=True))
    messenger.fail("find_posted", DOWN, DOWN)

    await turn(deliverer)
    await turns(deliverer, clock, 2)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    assert (await stages.now(job)).state is JobState.DELIVERED
    assert len(messenger.messages) == 1


async def test_where_the_channel_cannot_tell_the_status_brings_the_clip(
    deliverer: Deliverer, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Posting might be the second time; an edit can be repeated."""
    job = await stages.delivering()
    messenger.fail("post_clip", Fault(DOWN, after_effect=True))
    await turn(deliverer)
    messenger.fail("find_posted", SearchInconclusive("300 messages"))
    messenger.fail("clip_into_status", DOWN)
    clock.advance(121)
    await turn(deliverer)
    clock.advance(121)
    await turn(deliverer)

    now = await stages.now(job)
    assert now.state is JobState.DELIVERED
    assert now.clip_message_id == now.status_message_id
    assert messenger.replaced == {now.status_message_id: f"file clapper-{job.id}.mp4"}
    assert len(messenger.seen(Posting.CLIP, job)) == 1  # the one nobody could find


async def test_without_a_status_message_either_it_is_undeliverable(
    deliverer: Deliverer, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", DOWN)
    await turn(deliverer)
    messenger.fail("find_posted", SearchInconclusive("300 messages"))
    messenger.fail("clip_into_status", MessageGone("deleted"))
    clock.advance(121)
    await turn(deliverer)

    now = await stages.now(job)
    assert now.state is JobState.UNDELIVERABLE
    assert now.notice_due_at is not None


async def test_one_channel_is_given_two_clips_at_once(
    deliverer: Deliverer, stages: Stages, spool: Spool, limits: Limits
) -> None:
    """Its rate limit would hold up every other channel's."""
    for number in range(12):
        job = await stages.delivering(f"task-{number}")
        await asyncio.to_thread(spool.path(job).write_bytes, CLIP)
    warm(limits.messages)

    await deliverer.run_once()

    assert len(deliverer.handling) == 2
    await deliverer.drain()


async def test_what_one_channel_must_wait_for_hides_no_other(
    deliverer: Deliverer,
    stages: Stages,
    spool: Spool,
    limits: Limits,
    messenger: ScriptedMessenger,
) -> None:
    """More clips of one channel than a look reads are the longest due."""
    for number in range(max(deliverer.at_once, MIN_SCAN) + 5):
        job = await stages.delivering(f"task-{number}")
        await asyncio.to_thread(spool.path(job).write_bytes, CLIP)
    other = await stages.delivering("task-other", channel_id=ChannelId(99))
    await asyncio.to_thread(spool.path(other).write_bytes, CLIP)
    warm(limits.messages)

    await turn(deliverer)

    assert len(messenger.seen(Posting.CLIP, other)) == 1
