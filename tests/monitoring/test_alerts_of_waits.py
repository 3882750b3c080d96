"""Alerts about outages and work that waits, caused on the real process.

Where an alert looks at seconds that a process reckons, its clock is set forward while
it runs: time passes for it, as where nothing happens for so long.
"""

from pathlib import Path

import pytest

from sandbox.discord.faults import Fault as DiscordFault
from sandbox.evolink import EvolinkConfig
from sandbox.evolink.faults import Fault
from tests.e2e.channel import ask, ask_everywhere, posts
from tests.e2e.conftest import OpenStage, quick
from tests.e2e.test_storage_trouble import scalar
from tests.monitoring.promtool import needs_promtool
from tests.monitoring.trouble import logged, scraped_world, until

pytestmark = [needs_promtool, pytest.mark.thorough]


async def test_an_outage_of_evolink(open_world: OpenStage, tmp_path: Path) -> None:
    """Each answer about tasks is 503; then eleven minutes pass for the process.

    Stretched: each scrape stands for a minute.
    """
    stage, recorded = await scraped_world(
        open_world, tmp_path, EvolinkConfig(total_s=600, estimated_time_s=600)
    )
    assert recorded.clock is not None
    await ask_everywhere(stage, [{"prompt": f"number {one}"} for one in range(4)])
    await until(lambda: stage.evolink.paid_tasks == 4)
    stage.evolink.faults.add(Fault(path="/v1/tasks/.*", answer=503, times=None))
    await logged(stage, "outage began")
    await recorded.scrape(3)
    recorded.assert_firing()

    recorded.clock.advance(11 * 60)
    await recorded.scrape(2)
    recorded.assert_firing("ClapperOutage")


async def test_work_that_nobody_gets_on_with(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """A host of results takes the request and sends nothing, for twenty minutes.

    Stretched: each scrape stands for a minute.
    """
    stage, recorded = await scraped_world(open_world, tmp_path)
    assert recorded.clock is not None
    await recorded.scrape(2)
    recorded.assert_firing()

    stage.evolink.faults.add(Fault(host="results", answer="hang", times=None))
    await ask(stage, "a fox")
    await until(lambda: any(one.host == "results" for one in stage.evolink.requests))
    recorded.clock.advance(20 * 60)
    await recorded.scrape(12)
    recorded.assert_firing("ClapperWorkWaits")
    stage.evolink.faults.clear()


async def test_clips_that_discord_does_not_take(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """Each post is answered with 503.

    Stretched: each scrape stands for ten minutes.
    """
    stage, recorded = await scraped_world(open_world, tmp_path, minutes_each=10)
    await ask(stage, "a fox")
    await posts(stage, 1)
    await recorded.scrape(4)
    recorded.assert_firing()

    stage.discord.faults.add(
        DiscordFault(method="POST", path=r"/channels/\d+/messages", status=503)
    )
    await ask(stage, "a comet")
    waits = "SELECT count(*) FROM jobs WHERE state = 'delivering'"
    await until(lambda: scalar(stage, waits) == 1)
    await recorded.scrape(7)
    recorded.assert_firing("ClapperNothingDelivered")
    stage.discord.faults.clear()


async def test_a_queue_that_is_too_long(open_world: OpenStage, tmp_path: Path) -> None:
    """One task at once, and eight jobs for which forty minutes pass before their turn.

    Stretched: each scrape, one after each clip, stands for ten minutes.
    """
    stage, recorded = await scraped_world(
        open_world,
        tmp_path,
        quick(),
        minutes_each=10,
        CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="1",
    )
    assert recorded.clock is not None
    await recorded.scrape(2)
    recorded.assert_firing()

    await ask(stage, "[[total:8]] the first")
    await ask_everywhere(stage, [{"prompt": f"number {one}"} for one in range(8)])
    recorded.clock.advance(40 * 60)
    for clips in range(1, 9):
        await posts(stage, clips)
        await recorded.scrape()
    recorded.assert_firing("ClapperQueueWaits")
