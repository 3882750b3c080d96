"""Alerts about the processes themselves, caused on the real ones."""

from pathlib import Path

import pytest

from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.conftest import OpenStage
from tests.e2e.test_storage_trouble import file_of
from tests.monitoring.promtool import needs_promtool
from tests.monitoring.recording import Recording
from tests.monitoring.trouble import healthy, listen_at, scraped_world
from tests.storage.trouble import held
from tests.together.conftest import OpenTown
from tests.together.holders import shared

pytestmark = [needs_promtool, pytest.mark.thorough]


async def test_a_process_that_is_dead_and_one_that_dies_again_and_again(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """Stretched: each scrape stands for a minute."""
    stage, recorded = await scraped_world(open_world, tmp_path)
    await recorded.scrape(3)
    recorded.assert_firing()

    await stage.bot.kill()
    await recorded.scrape(7)
    recorded.assert_firing("ClapperDown")

    for _ in range(3):
        await stage.bot.start(**recorded.settings)
        await healthy(recorded.ports["a"])
        await recorded.scrape()
        await stage.bot.kill()
    recorded.assert_firing("ClapperRestarts")


async def test_a_process_that_answers_and_cannot_save_anything(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """Another program holds its database; each scrape finds that out again.

    Stretched: each scrape stands for a minute.
    """
    stage, recorded = await scraped_world(open_world, tmp_path)
    await recorded.scrape(3)
    recorded.assert_firing()

    with held(file_of(stage)):
        await recorded.scrape(7)
    recorded.assert_firing("ClapperUnhealthy")

    await recorded.scrape()
    recorded.assert_firing()


@pytest.mark.lengthy
@pytest.mark.timeout(240)
async def test_shards_of_a_process_that_died_until_the_other_has_them(
    opened: OpenTown, tmp_path: Path
) -> None:
    """One of two is killed; its shards are taken over after fifteen seconds or more.

    Stretched: each scrape stands for a minute, and all are made in those seconds.
    """
    ports = {"a": free_port(), "b": free_port()}
    async with opened(processes=2) as town:
        await shared(town)
        for clapper, port in zip(town.clappers, ports.values(), strict=True):
            await clapper.stop()
            await town.start(clapper, **listen_at(port))
        await shared(town)
        for port in ports.values():
            await healthy(port)
        recorded = Recording(ports=ports, folder=tmp_path)
        await recorded.scrape(3)
        recorded.assert_firing()

        await town.clappers[1].kill()
        await recorded.scrape(7)
        recorded.assert_firing("ClapperDown", "ClapperShardsMissing")

        await shared(town)
        await healthy(ports["a"])
        await recorded.scrape(1)
        recorded.assert_firing("ClapperDown")
