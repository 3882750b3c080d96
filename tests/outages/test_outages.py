"""Whatever fails, for a while, in whatever way: all is delivered, and hardly asked."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from bot.demo.stage import Stage, open_stage
from bot.workers.deliverer import Deliverer
from sandbox.discord.config import SandboxConfig
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.rate_limits import RateLimits
from sandbox.evolink import Ending, EvolinkConfig, Fault, Life
from tests.e2e.channel import ask_everywhere, places, posted
from tests.e2e.conftest import UNLIMITED
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

JOBS = 20
PATIENCE_S = 100.0
AT_FIRST_S = 0.5
"""What is asked so soon after the first failure was under way when it came."""
UNHURRIED = SandboxConfig(rate_limits=RateLimits.none(), ack_window_s=60.0)
"""How soon commands are answered is measured elsewhere, on a quiet machine."""
NEARLY_DONE = Life(total_s=1.0, ending=Ending.NEVER, stuck_at=90)


@asynccontextmanager
async def _outage(
    stage: Stage, form: Form, endpoints: Sequence[Endpoint], lasts_s: float
) -> AsyncGenerator[None]:
    """Let endpoints fail for so long, and see that they are left in peace."""
    began_at = time.time()
    for endpoint in endpoints:
        endpoint.fail(stage, form)
    yield
    await asyncio.sleep(max(0.0, began_at + lasts_s - time.time()))
    lasted_s = time.time() - began_at
    for endpoint in endpoints:
        asked = [at for at in endpoint.asked_at_s(stage) if at >= began_at]
        known = [at for at in asked if at > asked[0] + AT_FIRST_S]
        # A hang is known for one only when a request has timed out. Until then as
        # many downloads are begun as ever go side by side.
        blind = Deliverer.at_once if (form.name, endpoint) == ("hang", RESULTS) else 0
        assert len(known) < lasted_s + blind, (form.name, endpoint.name, len(known))
    stage.evolink.faults.clear()
    stage.discord.faults.clear()


async def _survives(form: Form, lasts_s: float) -> None:
    """Run twenty jobs through an outage at each stage of their lives."""
    config = EvolinkConfig(total_s=2.0, estimated_time_s=2)
    async with open_stage(UNHURRIED, config) as stage:
        await stage.bot.start(**UNLIMITED, CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="100")
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        for _ in range(JOBS):
            stage.evolink.next_task(NEARLY_DONE)
        await ask_everywhere(stage, [{"prompt": "before"}] * JOBS)
        await _until(lambda: stage.evolink.paid_tasks == JOBS)
        running = list(stage.evolink.tasks)

        async with _outage(stage, form, (CREATE, BATCH, CREDITS, EDIT), lasts_s):
            await ask_everywhere(stage, [{"prompt": "meanwhile"}] * 2)
        await _until(lambda: stage.evolink.paid_tasks == JOBS + 2)

        # From here on there is no batch call.
        without_batch = Fault(path="/v1/tasks/batch", answer=404, times=None)
        stage.evolink.faults.add(without_batch)
        await _until(lambda: bool(TASK.asked_at_s(stage)))
        async with _outage(stage, form, (TASK, CALLBACK), lasts_s):
            asked = asyncio.create_task(
                ask_everywhere(stage, [{"prompt": "unheard"}]), name="unheard"
            )
        # Whether it was heard in the end is Discord's to say; nobody pays unseen.
        with suppress(ApplicationDidNotRespond, TimeoutError):
            await asked

        for number, task_id in enumerate(running):
            # They end all through the outage, as they would in a real one.
            life = Life(total_s=lasts_s * number / JOBS)
            stage.evolink.tasks.change_life(task_id, life)
        async with _outage(stage, form, (RESULTS, POST), lasts_s):
            pass
        await _everything_delivered(stage)


async def _everything_delivered(stage: Stage) -> None:
    """Each status message that stands has its clip, and no task was for nothing."""

    def accepted() -> int:
        return sum(
            one.origin is not None and not one.ephemeral
            for place in places(stage)
            for one in stage.discord.messages(place)
        )

    await _until(lambda: len(posted(stage)) >= max(accepted(), JOBS + 2))
    assert all(one.videos for one in posted(stage))
    assert len(posted(stage)) == accepted() == stage.evolink.paid_tasks
    assert stage.discord.violations == []
    assert "Traceback (most recent" not in stage.bot.log()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - it is about several services
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("half", [FORMS[::2], FORMS[1::2]], ids=["one", "other"])
async def test_three_seconds_of_outage_lose_nothing(half: Sequence[Form]) -> None:
    """Half of the forms at once, each in a world of its own."""
    await asyncio.gather(*(_survives(form, lasts_s=3.0) for form in half))


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
async def test_half_a_minute_of_outage_loses_nothing(form: Form) -> None:
    await _survives(form, lasts_s=30.0)
