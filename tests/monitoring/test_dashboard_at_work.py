"""The dashboard's panels, asked of samples of the real process."""

from pathlib import Path

import pytest

from sandbox.evolink.faults import Fault
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import OpenStage
from tests.monitoring.promtool import needs_promtool
from tests.monitoring.test_dashboard import targets
from tests.monitoring.trouble import scraped_world

QUIET = {
    "Newest copy of the database": "the first is made a minute after the start",
}
"""Panels that show nothing of this process, and why."""


@needs_promtool
@pytest.mark.thorough
async def test_every_panel_shows_something_of_a_process_with_a_clip_and_troubles(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """An expression that is well formed may still find nothing, whatever happens.

    Stretched: each scrape stands for a minute.
    """
    stage, recorded = await scraped_world(
        open_world, tmp_path, CLAPPER_EVOLINK__REPLAY_SUBMITS="false"
    )
    await recorded.scrape(3)
    stage.evolink.faults.add(
        Fault(method="POST", path="/v1/videos/generations", answer=429)
    )
    await ask(stage, "a fox")
    await posts(stage, 1)
    await recorded.scrape()
    await ask(stage, "[[lose-answer]] a comet")
    await posts(stage, 2)
    await recorded.scrape(4)

    recorded.assert_firing("ClapperUnconfirmed")
    recorded.assert_found(
        expression.replace("$__rate_interval", "5m")
        for panel, expression, _ in targets()
        if panel not in QUIET
    )
