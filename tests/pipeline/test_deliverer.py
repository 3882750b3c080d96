"""What is ready is fetched, posted and recorded once, whatever happens meanwhile."""

import errno
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.delivery.spool import Spool
from bot.errors import (
    FetchGone,
    FetchTooLarge,
    FetchUnusable,
    FileTooLarge,
    PlaceUnfit,
)
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.ports import Posting
from bot.workers.handler_errors import AFTER_ERROR_S, MOST_ERRORS
from bot.workers.limits import Limits
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.pipeline.delivering import DOWN, turn, turns
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import (
    Fault,
    ScriptedFetcher,
    ScriptedMessenger,
)
from tests.pipeline.stages import Stages
from tests.stores import Used


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
