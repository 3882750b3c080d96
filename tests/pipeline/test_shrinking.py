"""A clip too large for its server is posted as a smaller copy, or as a link."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.delivery.spool import Spool, discard_leftovers
from bot.errors import FileTooLarge, PlaceGone, SearchInconclusive
from bot.ids import ChannelId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.deliverer import LARGE_WAIT_S, SHRINK_WAIT_S, Deliverer
from bot.pipeline.fitting import TAKEN_EVERYWHERE_BYTES
from bot.pipeline.ports import Posting, Shrinker
from bot.workers.limits import Limits
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.pipeline.delivering import DOWN, due_in_s, turn, turns
from tests.pipeline.limits import warm
from tests.pipeline.loops import until
from tests.pipeline.outside import (
    CLIP,
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    ScriptedShrinker,
)
from tests.pipeline.parts import host_watch
from tests.pipeline.stages import Stages

LIMIT = len(CLIP) - 1
"""What the server takes in these tests, in bytes: less than the clip has."""

MakeDeliverer = Callable[[Shrinker | None], Deliverer]


@pytest.fixture(autouse=True)
def _a_small_server(messenger: ScriptedMessenger) -> None:
    messenger.upload_limit = LIMIT


@pytest.fixture
def make(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    clock: FakeClock,
    limits: Limits,
) -> MakeDeliverer:
    """Return what makes a deliverer, as a process does that starts."""

    def made(shrinker: Shrinker | None) -> Deliverer:
        return Deliverer(
            store,
            evolink,
            fetcher,
            messenger,
            spool,
            ScriptedGate(),
            clock,
            host_watch(fetcher, limits),
            results=limits.results,
            reads=limits.reads,
            messages=limits.messages,
            operator=RecordingOperator(),
            shrinker=shrinker,
        )

    return made


@pytest.fixture
def deliverer(make: MakeDeliverer, shrinker: ScriptedShrinker) -> Deliverer:
    return make(shrinker)


async def test_a_copy_that_fits_is_posted_and_says_until_when_there_is_more(
    deliverer: Deliverer,
    stages: Stages,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    spool: Spool,
) -> None:
    job = await stages.delivering()

    await turn(deliverer)

    (message,) = messenger.messages
    assert message.content == f"file clapper-{job.id}.copy.mp4, link until 16 12:00"
    assert (await stages.now(job)).state is JobState.DELIVERED
    assert shrinker.asked == [LIMIT]
    assert files(spool, job) == []


async def test_where_it_would_look_bad_the_link_is_posted(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
) -> None:
    """However often that has to be tried, the clip is not encoded again for it."""
    job = await stages.delivering()
    shrinker.fails = True
    messenger.fail("post_link", DOWN, DOWN)

    await turns(deliverer, clock, 3)

    (message,) = messenger.messages
    assert message.content == f"link {job.result_url} 16 12:00"
    assert len(shrinker.asked) == 1


async def test_without_pyav_the_link_is_posted(
    make: MakeDeliverer, stages: Stages, messenger: ScriptedMessenger
) -> None:
    job = await stages.delivering()

    await turn(make(None))

    (message,) = messenger.messages
    assert message.content == f"link {job.result_url} 16 12:00"


async def test_what_fits_is_posted_as_it_is(
    deliverer: Deliverer,
    stages: Stages,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
) -> None:
    messenger.upload_limit = len(CLIP)
    job = await stages.delivering()

    await turn(deliverer)

    (message,) = messenger.messages
    assert message.content == f"file clapper-{job.id}.mp4"
    assert shrinker.asked == []


async def test_a_copy_is_made_once_however_often_it_has_to_be_posted(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    fetcher: ScriptedFetcher,
) -> None:
    await stages.delivering()
    messenger.fail("post_clip", DOWN, DOWN)

    await turns(deliverer, clock, 3)

    assert len(messenger.messages) == 1
    assert (len(shrinker.asked), len(fetcher.fetched)) == (1, 1)


async def test_a_copy_that_a_dead_process_has_made_is_posted(
    make: MakeDeliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    spool: Spool,
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", DOWN)
    await turn(make(shrinker))
    await discard_leftovers(spool, stages.store, older_than_s=0)

    await turns(make(shrinker), clock, 1)

    (message,) = messenger.messages
    assert message.content.startswith(f"file clapper-{job.id}.copy.mp4")
    assert len(shrinker.asked) == 1


async def test_what_is_interrupted_begins_again(
    make: MakeDeliverer,
    stages: Stages,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    fetcher: ScriptedFetcher,
) -> None:
    """Without another download: the link may be dead by now."""
    job = await stages.delivering()
    shrinker.hangs = asyncio.Event()
    first = make(shrinker)
    await first.run_once()
    await until(lambda: bool(shrinker.asked))

    await first.abandon()
    await first.hand_over()
    assert not shrinker.is_shrinking
    shrinker.hangs = None
    await turn(make(shrinker))

    assert (await stages.now(job)).state is JobState.DELIVERED
    assert len(messenger.seen(Posting.CLIP, job)) == 1
    assert (len(shrinker.asked), len(fetcher.fetched)) == (2, 1)


async def test_one_is_made_smaller_at_a_time_and_nothing_else_waits_for_it(  # noqa: PLR0913, PLR0917 - fixtures
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    spool: Spool,
    limits: Limits,
) -> None:
    warm(limits.messages)
    warm(limits.results)
    shrinker.hangs = asyncio.Event()
    large = [
        await stages.delivering(f"large-{n}", channel_id=ChannelId(90 + n))
        for n in range(3)
    ]
    await deliverer.run_once()
    await until(lambda: len(deliverer.handling) == 1)
    small = await stages.delivering("small", channel_id=ChannelId(99))
    await asyncio.to_thread(spool.path(small).write_bytes, CLIP[:LIMIT])

    await deliverer.run_once()
    await until(lambda: len(messenger.messages) == 1)

    assert messenger.seen(Posting.CLIP, small)
    assert len(shrinker.asked) == 1
    waits = {await due_in_s(stages, job, clock) for job in large}
    assert waits <= {SHRINK_WAIT_S, 0.0}
    shrinker.hangs.set()
    await deliverer.drain()
    for _ in large:
        clock.advance(SHRINK_WAIT_S)
        await turn(deliverer)
    assert [len(messenger.seen(Posting.CLIP, job)) for job in large] == [1, 1, 1]
    assert len(shrinker.asked) == 3


@pytest.mark.parametrize("was_here", [True, False])
async def test_it_is_no_silence_of_discord(  # noqa: PLR0913, PLR0917 - fixtures
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    shrinker: ScriptedShrinker,
    messenger: ScriptedMessenger,
    spool: Spool,
    limits: Limits,
    *,
    was_here: bool,
) -> None:
    """Encoding takes minutes: else all that posts would wait, as in an outage."""
    warm(limits.messages)
    warm(limits.results)
    shrinker.hangs = asyncio.Event()
    job = await stages.delivering()
    if was_here:
        await asyncio.to_thread(spool.path(job).write_bytes, CLIP)
    await deliverer.run_once()
    await until(lambda: shrinker.is_shrinking)

    for _ in range(60):
        clock.advance(1)
        assert not limits.messages.in_doubt
        assert not limits.results.in_doubt

    shrinker.hangs.set()
    await deliverer.drain()
    await turn(deliverer)
    assert len(messenger.messages) == 1


async def test_what_discord_refuses_although_it_should_fit_is_made_smaller_still(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    fetcher: ScriptedFetcher,
) -> None:
    """Its limits have changed before, in both directions."""
    fetcher.clip = bytes(TAKEN_EVERYWHERE_BYTES + 2)
    messenger.upload_limit = TAKEN_EVERYWHERE_BYTES + 3
    job = await stages.delivering()
    messenger.fail("post_clip", FileTooLarge("413"))

    await turn(deliverer)
    assert messenger.messages == []
    assert await due_in_s(stages, job, clock) == LARGE_WAIT_S
    clock.advance(LARGE_WAIT_S)
    await turn(deliverer)

    (message,) = messenger.messages
    assert message.content.startswith(f"file clapper-{job.id}.copy.mp4")
    assert shrinker.asked == [TAKEN_EVERYWHERE_BYTES]


async def test_what_discord_refuses_at_any_size_becomes_a_link(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
    fetcher: ScriptedFetcher,
) -> None:
    fetcher.clip = bytes(TAKEN_EVERYWHERE_BYTES + 9)
    messenger.upload_limit = TAKEN_EVERYWHERE_BYTES + 5
    messenger.always["post_clip"] = FileTooLarge("400001")
    job = await stages.delivering()

    await turns(deliverer, clock, 3)

    (message,) = messenger.messages
    assert message.content.startswith(f"link {job.result_url}")
    assert shrinker.asked == [TAKEN_EVERYWHERE_BYTES + 5, TAKEN_EVERYWHERE_BYTES]


async def test_a_server_that_has_lost_its_boosts_gets_a_smaller_copy(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
) -> None:
    await stages.delivering()
    messenger.fail("post_clip", DOWN)
    await turn(deliverer)
    messenger.upload_limit = LIMIT // 2

    await turns(deliverer, clock, 1)

    assert len(messenger.messages) == 1
    assert shrinker.asked == [LIMIT, LIMIT // 2]


async def test_where_the_channel_cannot_tell_the_status_brings_the_copy(
    deliverer: Deliverer,
    stages: Stages,
    store: JobStore,
    clock: FakeClock,
    messenger: ScriptedMessenger,
    shrinker: ScriptedShrinker,
) -> None:
    job = await stages.delivering()
    await store.note({job.id: JobChanges(post_intended_at=clock.now())})
    messenger.fail("find_posted", SearchInconclusive("300 messages"))

    await turn(deliverer)

    now = await stages.now(job)
    assert now.state is JobState.DELIVERED
    assert messenger.replaced == {
        now.status_message_id: f"file clapper-{job.id}.copy.mp4"
    }
    assert len(shrinker.asked) == 1


async def test_of_a_clip_with_no_place_to_go_no_copy_is_left(
    deliverer: Deliverer, stages: Stages, messenger: ScriptedMessenger, spool: Spool
) -> None:
    job = await stages.delivering()
    messenger.fail("post_clip", PlaceGone("10003"))

    await turn(deliverer)

    assert (await stages.now(job)).state is JobState.UNDELIVERABLE
    assert files(spool, job) == []


async def test_a_copy_left_by_a_process_that_died_is_discarded(
    stages: Stages, spool: Spool
) -> None:
    ended = await stages.failed()
    waiting = await stages.delivering("task-2")
    for job in (ended, waiting):
        await asyncio.to_thread(spool.copy_path(job).write_bytes, b"copy")

    await discard_leftovers(spool, stages.store, older_than_s=0)

    assert files(spool, ended) == []
    assert len(files(spool, waiting)) == 1


def files(spool: Spool, job: Job) -> list[Path]:
    return [one for one in (spool.path(job), spool.copy_path(job)) if one.exists()]
