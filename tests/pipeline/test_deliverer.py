import asyncio
import errno
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.delivery.spool import Spool
from bot.errors import (
    EvolinkUnavailable,
    FetchCutShort,
    FetchError,
    FetchGone,
    FetchTooLarge,
    FetchUnavailable,
    FetchUndecodable,
    FetchUnusable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    PlaceUnfit,
    SearchInconclusive,
    TokenExpired,
)
from bot.ids import ChannelId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.deliverer import LEAST_ATTEMPTS, STALE_AFTER_S, Deliverer
from bot.pipeline.downloads import LINK_LIFE_S
from bot.pipeline.ports import Posting
from bot.workers.job_worker import AFTER_ERROR_S, MIN_SCAN, MOST_ERRORS
from bot.workers.limits import Limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import (
    CLIP,
    Fault,
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    completed,
    running,
)
from tests.pipeline.stages import Stages
from tests.stores import Used

DOWN = MessengerDown("503")


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    return spool


@pytest.fixture
def gate() -> ScriptedGate:
    return ScriptedGate()


@pytest.fixture
def deliverer(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    gate: ScriptedGate,
    clock: FakeClock,
    limits: Limits,
) -> Deliverer:
    return Deliverer(
        store,
        evolink,
        fetcher,
        messenger,
        spool.path,
        gate,
        clock,
        results=limits.results,
        reads=limits.reads,
        messages=limits.messages,
        operator=RecordingOperator(),
    )


async def turn(deliverer: Deliverer) -> None:
    await deliverer.run_once()
    await deliverer.drain()


async def due_in_s(stages: Stages, job: Job, clock: FakeClock) -> float:
    due_at = (await stages.now(job)).delivery_due_at
    assert due_at is not None
    return (due_at - clock.now()).total_seconds()


async def turns(deliverer: Deliverer, clock: FakeClock, count: int) -> None:
    """Let it work so many times, each as late as it ever waits."""
    for _ in range(count):
        clock.advance(121)
        await turn(deliverer)


async def test_a_clip_is_fetched_posted_recorded_and_forgotten(
    deliverer: Deliverer, stages: Stages, messenger: ScriptedMessenger, spool: Spool
) -> None:
    job = await stages.delivering()

    await turn(deliverer)

    now = await stages.now(job)
    (message,) = messenger.messages
    assert (now.state, now.clip_message_id) == (JobState.DELIVERED, message.id)
    assert message.content == f"file clapper-{job.id}.mp4"
    assert now.delivery_due_at is None
    assert now.status_due_at is not None
    assert list(spool.jobs()) == []
    assert await stages.used(job) == 1


async def test_the_loop_delivers_many(
    deliverer: Deliverer, stages: Stages, messenger: ScriptedMessenger
) -> None:
    jobs = [await stages.delivering(f"task-{n}") for n in range(20)]

    async with at_work(deliverer):
        await until(lambda: len(messenger.messages) == 20)

    for job in jobs:
        assert len(messenger.seen(Posting.CLIP, job)) == 1


async def test_a_host_that_fails_is_asked_again(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 3

    await turn(deliverer)
    between = await stages.now(job)
    await turns(deliverer, clock, 3)

    assert between.delivery_due_at is not None
    assert between.delivery_attempts == 1
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_dead_link_is_replaced_by_a_fresh_one(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")

    await turn(deliverer)
    await turns(deliverer, clock, 1)

    assert fetcher.fetched == [job.result_url, "https://files/fresh.mp4"]
    assert (await stages.now(job)).state is JobState.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [EvolinkUnavailable("503"), running("task-1"), completed("task-1", url=None)],
    ids=["down", "still running", "no link"],
)
async def test_where_no_fresh_link_is_to_be_had_the_old_one_is_kept(
    deliverer: Deliverer,
    stages: Stages,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    answer: object,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    evolink.reports[TaskId("task-1")] = answer  # type: ignore[assignment]

    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.result_url) == (JobState.DELIVERING, job.result_url)
    assert now.delivery_due_at is not None


async def test_a_fresh_link_is_not_asked_for_while_evolink_may_be_down(
    deliverer: Deliverer,
    stages: Stages,
    fetcher: ScriptedFetcher,
    evolink: ScriptedEvolink,
    limits: Limits,
) -> None:
    """The job goes on as it is, and the dead link does not count."""
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    reading = limits.reads.begin("another task")
    reading.failed("503")
    reading.end()

    await turn(deliverer)

    assert evolink.singles == []
    assert (await stages.now(job)).state is JobState.DELIVERING


@pytest.mark.parametrize("known", ["link", "task"])
async def test_a_row_that_lost_its_link_or_task_comes_to_an_end(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    known: str,
) -> None:
    """No worker wrote such a row; an operator's hand may have."""
    if known == "task":
        job = await stages.delivering(result_url=None)
    else:
        job = await stages.delivering(task_id=None)
    fetcher.always = FetchGone("404")

    await turn(deliverer)
    assert (await stages.now(job)).state is JobState.DELIVERING
    clock.advance(LINK_LIFE_S + 1)
    await turn(deliverer)

    assert (await stages.now(job)).failure is Failure.NOT_FETCHED


@pytest.mark.parametrize(
    "fault", [FetchGone("404"), FetchUnavailable("503")], ids=["gone", "down"]
)
async def test_a_clip_that_cannot_be_fetched_for_a_day_is_given_up(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    fault: FetchError,
) -> None:
    job = await stages.delivering()
    fetcher.always = fault

    await turn(deliverer)
    clock.advance(LINK_LIFE_S - 1)
    await turn(deliverer)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.NOT_FETCHED)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0


@pytest.mark.parametrize(
    ("error", "most", "failure"),
    [
        (FetchGone("410"), 6, Failure.NOT_FETCHED),
        (FetchCutShort("half"), 20, Failure.NO_USABLE_CLIP),
    ],
    ids=["a dead link", "half a file"],
)
async def test_what_will_not_heal_is_given_up_after_some_tries(  # noqa: PLR0913, PLR0917 - the case and the parts
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    error: FetchError,
    most: int,
    failure: Failure,
) -> None:
    """Long before the day is over, free, and told."""
    job = await stages.delivering()
    fetcher.always = error

    await turn(deliverer)
    await turns(deliverer, clock, most - 2)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0
    assert len(fetcher.fetched) == most


async def test_a_link_is_tried_for_half_a_minute_before_it_is_called_dead(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    """However long its host was down before that."""
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 30
    await turns(deliverer, clock, 30)
    fetcher.always = FetchGone("403")
    await turns(deliverer, clock, 1)
    began = clock.now()

    while (await stages.now(job)).state is JobState.DELIVERING:
        clock.advance(1)
        await turn(deliverer)

    assert 20 <= (clock.now() - began).total_seconds() <= 40


async def test_a_link_that_died_while_its_host_was_down_is_replaced(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 30 + [FetchGone("403")]
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")

    await turns(deliverer, clock, 32)

    assert fetcher.fetched[-1] == "https://files/fresh.mp4"
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_dead_link_is_not_given_up_while_nobody_can_be_asked_for_another(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchGone("403")] * 31
    evolink.reports[TaskId("task-1")] = EvolinkUnavailable("503")

    await turns(deliverer, clock, 30)
    assert (await stages.now(job)).state is JobState.DELIVERING
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")
    await turns(deliverer, clock, 2)

    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_half_a_file_is_fetched_again(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchCutShort("half"))

    await turn(deliverer)
    await turns(deliverer, clock, 1)

    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_result_hosts_wait_is_kept(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchUnavailable("429", retry_after_s=200))

    await turn(deliverer)

    due = (await stages.now(job)).delivery_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() >= 200


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (FetchUnusable("no mp4"), Failure.NO_USABLE_CLIP),
        (FetchUndecodable("br"), Failure.UNDECODABLE),
    ],
)
async def test_what_is_no_clip_fails_at_once(
    deliverer: Deliverer,
    stages: Stages,
    fetcher: ScriptedFetcher,
    error: FetchError,
    failure: Failure,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(error)

    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert len(fetcher.fetched) == 1


@pytest.mark.parametrize("who", ["fetcher", "our limit", "Discord"])
async def test_a_clip_too_large_is_posted_as_a_link(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    who: str,
) -> None:
    """It is paid for: better a link that works for a day than nothing."""
    job = await stages.delivering()
    if who == "fetcher":
        fetcher.faults.append(FetchTooLarge("200 MiB"))
    elif who == "our limit":
        messenger.upload_limit = 50
    else:
        messenger.fail("post_clip", FileTooLarge("413"))

    await turn(deliverer)

    (message,) = messenger.messages
    assert clock.now().day == 15
    assert message.content == f"link {job.result_url} 16 12:00"
    assert (await stages.now(job)).state is JobState.DELIVERED


@pytest.mark.parametrize("has_room", [True, False])
async def test_a_clip_too_large_is_not_fetched_over_and_over_while_discord_must_wait(  # noqa: PLR0913, PLR0917 - fixtures
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_room: bool,
) -> None:
    """An empty file says so, where the disk has room for one."""
    if not has_room:
        monkeypatch.setattr(Path, "write_bytes", full_disk)
    job = await stages.delivering()
    fetcher.always = FetchTooLarge("200 MiB")
    limits.messages.hold(30.0)

    for _ in range(3):
        await turn(deliverer)
    assert len(fetcher.fetched) == 1
    clock.advance(31)
    await turn(deliverer)

    assert len(fetcher.fetched) == (1 if has_room else 2)
    assert len(messenger.seen(Posting.CLIP, job)) == 1


def full_disk(_path: Path, _data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("who", ["fetcher", "Discord"])
async def test_a_clip_too_large_is_fetched_and_sent_once_however_often_its_link_fails(  # noqa: PLR0913, PLR0917 - fixtures
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    who: str,
) -> None:
    job = await stages.delivering()
    if who == "fetcher":
        fetcher.faults.append(FetchTooLarge("200 MiB"))
    else:
        messenger.fail("post_clip", *[FileTooLarge("413")] * 2)
    messenger.fail("post_link", *[DOWN] * 5)

    await turns(deliverer, clock, 6)

    (message,) = messenger.messages
    assert message.content.startswith(f"link {job.result_url}")
    assert len(fetcher.fetched) == 1
    assert who == "fetcher" or len(messenger.faults["post_clip"]) == 1
    assert list(spool.jobs()) == []


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
                spool.path,
                gate,
                clock,
                results=limits.results,
                reads=limits.reads,
                messages=limits.messages,
                operator=RecordingOperator(),
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


async def test_a_clip_deleted_before_we_knew_of_it_was_delivered(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    """Discord answers our nonce with a message that is gone: a moderator was fast."""
    job = await stages.delivering()
    messenger.fail("post_clip", Fault(DOWN, after_effect=True))
    await turn(deliverer)
    messenger.messages[0].deleted = True

    clock.advance(3)
    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.clip_message_id) == (JobState.DELIVERED, None)
    assert len(messenger.messages) == 1


async def test_a_server_left_during_the_delivery_ends_without_a_loop(
    deliverer: Deliverer,
    stages: Stages,
    messenger: ScriptedMessenger,
) -> None:
    job = await stages.delivering()

    async def left() -> None:
        await stages.move(await stages.now(job), JobState.UNDELIVERABLE)

    messenger.during["post_clip"] = left
    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.delivery_due_at) == (JobState.UNDELIVERABLE, None)
    assert now.clip_message_id == messenger.messages[0].id


async def test_a_job_that_needs_no_delivery_is_left_alone(
    deliverer: Deliverer,
    stages: Stages,
    store: JobStore,
    clock: FakeClock,
    messenger: ScriptedMessenger,
) -> None:
    job = await stages.failed()
    await store.note({job.id: JobChanges(delivery_due_at=clock.now())})

    await turn(deliverer)

    assert (await stages.now(job)).delivery_due_at is None
    assert messenger.messages == []


async def test_a_clip_on_disk_survives_a_restart(
    deliverer: Deliverer, stages: Stages, spool: Spool, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    spool.path(job).write_bytes(fetcher.clip)
    fetcher.always = FetchGone("404")

    await turn(deliverer)

    assert (await stages.now(job)).state is JobState.DELIVERED
    assert fetcher.fetched == []


async def test_a_full_disk_is_waited_out(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    """An error that nobody foresaw: the job rests, and then goes on."""
    job = await stages.delivering()
    fetcher.faults.append(OSError(28, "No space left on device"))

    with capture_logs() as logs:
        await turn(deliverer)
    clock.advance(AFTER_ERROR_S)
    await turn(deliverer)

    assert "job handler failed" in [one["event"] for one in logs]
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_an_error_of_ours_ends_the_job_with_a_reference(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    """The member can quote it, and the operator finds it in the log."""
    job = await stages.delivering()
    fetcher.faults += [KeyError("surprise")] * MOST_ERRORS

    with capture_logs() as logs:
        for _ in range(MOST_ERRORS):
            await turn(deliverer)
            clock.advance(AFTER_ERROR_S)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.UNEXPECTED)
    references = [one["reference"] for one in logs if "reference" in one]
    assert now.reference == references[-1]
    assert await stages.used(job) == 0


async def test_a_late_clip_that_fails_after_all_stays_free(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    given_up = await stages.failed(failure=Failure.GAVE_UP)
    job: Job = await stages.move(
        given_up,
        JobState.DELIVERING,
        late=True,
        done_at=clock.now(),
        result_url="https://files/late.mp4",
        delivery_due_at=clock.now(),
    )
    fetcher.faults.append(FetchUnusable("no mp4"))

    await turn(deliverer)

    assert (await stages.now(job)).state is JobState.FAILED
    assert await stages.used(job) == 0


async def test_a_clip_is_kept_back_where_its_place_no_longer_fits(
    deliverer: Deliverer,
    store: JobStore,
    stages: Stages,
    gate: ScriptedGate,
    clock: FakeClock,
    used: Used,
) -> None:
    """Nothing is posted, the quota is given back, and a notice is due."""
    job = await stages.delivering()
    gate.error = PlaceUnfit("spicy-place")

    await turn(deliverer)

    kept = await store.get(job.id)
    assert kept is not None
    assert kept.state is JobState.UNDELIVERABLE
    assert kept.failure is Failure.PLACE_NOT_RESTRICTED
    assert kept.notice_due_at is not None
    assert kept.post_intended_at is None
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 0


async def test_while_its_place_cannot_be_read_a_clip_waits(
    deliverer: Deliverer,
    store: JobStore,
    stages: Stages,
    gate: ScriptedGate,
    clock: FakeClock,
) -> None:
    job = await stages.delivering()
    gate.error = DOWN
    await turn(deliverer)
    waiting = await store.get(job.id)
    gate.error = None
    clock.advance(120)
    await turn(deliverer)

    assert waiting is not None
    assert waiting.state is JobState.DELIVERING
    delivered = await store.get(job.id)
    assert delivered is not None
    assert delivered.state is JobState.DELIVERED


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
    for number in range(MIN_SCAN + 5):
        job = await stages.delivering(f"task-{number}")
        await asyncio.to_thread(spool.path(job).write_bytes, CLIP)
    other = await stages.delivering("task-other", channel_id=ChannelId(99))
    await asyncio.to_thread(spool.path(other).write_bytes, CLIP)
    warm(limits.messages)

    await turn(deliverer)

    assert len(messenger.seen(Posting.CLIP, other)) == 1


async def test_the_operator_hears_of_a_link_that_is_about_to_die(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    limits: Limits,
) -> None:
    """By one of the processes that try."""
    operator = RecordingOperator()
    deliverers = [
        Deliverer(
            store,
            evolink,
            fetcher,
            messenger,
            spool.path,
            ScriptedGate(),
            clock,
            results=limits.results,
            reads=limits.reads,
            messages=limits.messages,
            operator=operator,
        )
        for _ in range(2)
    ]
    await stages.delivering()
    fetcher.always = FetchUnavailable("no route")
    await turn(deliverers[0])
    assert operator.told == []

    clock.advance(20 * 3600 + 1)
    for deliverer in deliverers:
        await turns(deliverer, clock, 3)

    assert operator.events == ["link-expiring"]


async def test_a_silent_host_is_asked_by_one_download_at_first(
    deliverer: Deliverer, stages: Stages, fetcher: ScriptedFetcher
) -> None:
    """Eight of them would find out no sooner."""
    for number in range(8):
        await stages.delivering(f"task-{number}", channel_id=ChannelId(100 + number))
    fetcher.hangs = True

    await deliverer.run_once()
    for _ in range(100):
        await asyncio.sleep(0.001)

    assert len(fetcher.fetched) == 1
    await deliverer.abandon()
