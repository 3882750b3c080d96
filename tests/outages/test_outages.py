"""Whatever fails, for a while, in whatever way: all is delivered, and hardly asked."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from bot.demo.stage import Stage, open_stage
from bot.workers.service_limit import LATELY_S
from sandbox.discord.config import SandboxConfig
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.rate_limits import RateLimits
from sandbox.evolink import Ending, EvolinkConfig, Fault, Life
from tests.e2e.channel import ask_everywhere, places, posted
from tests.e2e.conftest import UNLIMITED
from tests.lives.forked import ForkedBot
from tests.outages.endpoints import (
    BATCH,
    CALLBACK,
    CREATE,
    CREDITS,
    EDIT,
    POST,
    RESULTS,
    TASK,
    Endpoint,
)
from tests.outages.forms import FORMS, Form
from tests.selection import thorough

JOBS = 20
PATIENCE_S = 100.0
MEANWHILE = 5
"""What is asked for while EvoLink fails."""
STEP_S, STEPS_AT_REST = 0.05, 8
UNHURRIED = SandboxConfig(rate_limits=RateLimits.none(), ack_window_s=60.0)
"""How soon commands are answered is measured elsewhere, on a quiet machine."""
NEARLY_DONE = Life(total_s=1.0, ending=Ending.NEVER, stuck_at=90)


@asynccontextmanager
async def _outage(
    stage: Stage,
    form: Form,
    endpoints: Sequence[Endpoint],
    lasts_s: float,
    *,
    typed: int = 0,
) -> AsyncGenerator[None]:
    """Let endpoints fail for so long, and see that they are left in peace.

    It lasts from when each service has been asked for the first time: whoever asks
    nothing proves nothing. All requests count that came since they fail, those of all
    failing endpoints of a service together, but for the first answers to commands
    that are `typed` meanwhile: these leave when a person wishes.
    """
    began_at = time.time()
    for endpoint in endpoints:
        endpoint.fail(stage, form)
    services = sorted({one.service for one in endpoints})

    def asked(service: str) -> Sequence[float]:
        ours = [one for one in endpoints if one.service == service]
        times = [at for one in ours for at in one.asked_at_s(stage) if at >= began_at]
        return sorted(times)

    yield
    await _until(lambda: all(asked(service) for service in services))
    known_at = max(asked(service)[0] for service in services)
    await asyncio.sleep(max(0.0, known_at + lasts_s - time.time()))
    ended_at = time.time()
    for service in services:
        times = asked(service)
        after_s = sorted(
            (round(at - times[0], 1), one.name)
            for one in endpoints
            if one.service == service
            for at in one.asked_at_s(stage)
            if at >= began_at
        )
        of_people = typed if service == CALLBACK.service else 0
        assert len(times) - of_people < ended_at - times[0], (
            form.name,
            service,
            after_s,
        )
    stage.evolink.faults.clear()
    stage.discord.faults.clear()


async def _survives(zygote_path: Path, form: Form, lasts_s: float) -> None:
    """Run twenty jobs through an outage at each stage of their lives."""
    config = EvolinkConfig(total_s=2.0, estimated_time_s=2)
    make_bot = partial(ForkedBot, zygote_path)
    async with open_stage(UNHURRIED, config, make_bot=make_bot) as stage:
        await stage.bot.start(**UNLIMITED, CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="100")
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        for _ in range(JOBS):
            stage.evolink.next_task(NEARLY_DONE)
        await ask_everywhere(stage, [{"prompt": "before"}] * JOBS)
        await _until(lambda: stage.evolink.paid_tasks == JOBS)
        running = list(stage.evolink.tasks)
        # What is under way when it begins cannot be called back: nothing is, and so
        # nothing is excused. On a busy machine the last edits come late.
        await _no_edit_lately(stage)

        api = (CREATE, TASK, BATCH, CREDITS)
        async with _outage(stage, form, (*api, EDIT), lasts_s):
            await ask_everywhere(stage, [{"prompt": "meanwhile"}] * MEANWHILE)
        await _until(lambda: stage.evolink.paid_tasks == JOBS + MEANWHILE)

        # From here on there is no batch call.
        without_batch = Fault(path="/v1/tasks/batch", answer=404, times=None)
        stage.evolink.faults.add(without_batch)
        await _between_two_looks(stage, time.time())
        async with _outage(stage, form, (TASK, CALLBACK), lasts_s, typed=1):
            asked = asyncio.create_task(
                ask_everywhere(stage, [{"prompt": "unheard"}]), name="unheard"
            )
        # Whether it was heard in the end is Discord's to say; nobody pays unseen.
        with suppress(ApplicationDidNotRespond, TimeoutError):
            await asked

        # Their clips were under way: here too nothing is to be excused.
        await _until(lambda: len(posted(stage)) >= MEANWHILE)
        await asyncio.sleep(LATELY_S)
        for number, task_id in enumerate(running):
            # They end all through the outage, as they would in a real one.
            life = Life(total_s=lasts_s * number / JOBS)
            stage.evolink.tasks.change_life(task_id, life)
        async with _outage(stage, form, (RESULTS,), lasts_s):
            pass
        # Now the clips can be had, and Discord does not take them.
        async with _outage(stage, form, (POST, EDIT, CALLBACK), lasts_s):
            pass
        await _everything_delivered(stage)


async def _no_edit_lately(stage: Stage) -> None:
    """Wait as long as any rest lasts, and on for as long as edits still come."""
    await asyncio.sleep(LATELY_S)
    async with asyncio.timeout(PATIENCE_S):
        while max(EDIT.asked_at_s(stage), default=0.0) > time.time() - LATELY_S:  # noqa: ASYNC110 - the stand-in's journal rings no bell
            await asyncio.sleep(0.1)


async def _between_two_looks(stage: Stage, since: float) -> None:
    """Wait until tasks have been read one by one since then, but none just now.

    Counted in our own steps, not by the clock: where this process was held up, what
    was sent to it meanwhile is still to be seen.
    """

    def read() -> int:
        return sum(at >= since for at in TASK.asked_at_s(stage))

    async with asyncio.timeout(PATIENCE_S):
        before, at_rest = 0, 0
        while at_rest < STEPS_AT_REST:
            await asyncio.sleep(STEP_S)
            at_rest = at_rest + 1 if read() == before > 0 else 0
            before = read()


async def _everything_delivered(stage: Stage) -> None:
    """Each status message that stands has its clip, and no task was for nothing."""

    def accepted() -> int:
        return sum(
            one.origin is not None and not one.ephemeral
            for place in places(stage)
            for one in stage.discord.messages(place)
        )

    def all_there() -> bool:
        clips = len(posted(stage))
        paid = stage.evolink.paid_tasks
        return clips >= JOBS + MEANWHILE and clips == accepted() == paid

    await _until(all_there)
    assert all(one.videos for one in posted(stage))
    assert all_there()
    assert stage.discord.violations == []
    assert "Traceback (most recent" not in stage.bot.log()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - it is about several services
            await asyncio.sleep(0.1)


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize(
    "forms",
    [FORMS[:1], *thorough((FORMS[1:3],), (FORMS[3:],))],
    ids=["first", "some", "others"],
)
async def test_three_seconds_of_outage_lose_nothing(
    zygote_path: Path, forms: Sequence[Form]
) -> None:
    """A few forms at once, each in a world of its own.

    More would keep the machine so busy that slow answers look usual.
    """
    async with asyncio.TaskGroup() as worlds:
        for form in forms:
            worlds.create_task(_survives(zygote_path, form, lasts_s=3.0))


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
async def test_half_a_minute_of_outage_loses_nothing(
    zygote_path: Path, form: Form
) -> None:
    await _survives(zygote_path, form, lasts_s=30.0)
