"""Alerts about spending and EvoLink's account, caused on the real process."""

from pathlib import Path

import pytest

from sandbox.evolink.faults import Fault
from tests.crash.test_callbacks_at_work import config, free_port, listening
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import OpenStage, quick
from tests.monitoring.promtool import needs_promtool
from tests.monitoring.recording import Recording
from tests.monitoring.trouble import healthy, logged, scraped_world

pytestmark = [needs_promtool, pytest.mark.thorough]


async def test_a_request_that_nobody_can_confirm_and_an_account_that_is_refused(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """Stretched: each scrape stands for a minute. Both happen as they are."""
    stage, recorded = await scraped_world(
        open_world, tmp_path, CLAPPER_EVOLINK__REPLAY_SUBMITS="false"
    )
    await recorded.scrape(3)
    recorded.assert_firing()

    await ask(stage, "[[lose-answer]]")
    await posts(stage, 1)
    await recorded.scrape(2)
    recorded.assert_firing("ClapperUnconfirmed")
    begun_later = Recording(ports=recorded.ports, folder=tmp_path)
    await begun_later.scrape(2)
    begun_later.assert_firing("ClapperUnconfirmed")

    await ask(stage, "[[refuse:402]]")
    await logged(stage, "intake-paused")
    await recorded.scrape(2)
    recorded.assert_firing("ClapperIntakePaused", "ClapperUnconfirmed")

    # The event that nobody can confirm is an hour old, the account is still refused.
    await recorded.scrape(62)
    recorded.assert_firing("ClapperIntakePaused")


@pytest.mark.lengthy
async def test_a_second_task_for_one_job(open_world: OpenStage, tmp_path: Path) -> None:
    """EvoLink ignores the key, and the first answer is lost.

    Stretched: each scrape stands for a minute. The 45 seconds for which a callback is
    waited for are real.
    """
    port = free_port()
    stage = await open_world(config(idempotency="ignored"), **listening(port))
    recorded = Recording(ports={"a": port}, folder=tmp_path)
    await recorded.scrape(2)
    recorded.assert_firing()

    create = Fault(
        method="POST",
        path="/v1/videos/generations",
        answer="reset",
        after_effect=True,
    )
    stage.evolink.faults.add(create)
    await ask(stage, "[[total:55]] a fox")
    await logged(stage, "second-task", 100)
    await recorded.scrape(2)

    assert stage.evolink.paid_tasks == 2
    recorded.assert_firing("ClapperSecondTask")


async def test_a_ceiling_and_a_balance_that_are_nearly_used_up(
    open_world: OpenStage, tmp_path: Path
) -> None:
    """Two clips for ten credits, of a ceiling of twelve and a balance of thirteen.

    Stretched: each scrape stands for ten minutes, and half an hour of work for the
    week that the alert looks back at. The restart reads the balance and looks at the
    ceiling at once, for which an operator would wait ten minutes.
    """
    stage, recorded = await scraped_world(
        open_world,
        tmp_path,
        quick(credits_held=13.0),
        minutes_each=10,
        CLAPPER_QUOTAS__TOTAL_CREDITS_PER_MONTH="12",
    )
    await recorded.scrape(8)
    recorded.assert_firing()

    for number in (1, 2):
        await ask(stage, f"clip {number}")
        await posts(stage, number)
    await recorded.scrape()
    await stage.bot.stop()
    await stage.bot.start(
        **recorded.settings, CLAPPER_QUOTAS__TOTAL_CREDITS_PER_MONTH="12"
    )
    await logged(stage, "spend-warning")
    await healthy(recorded.ports["a"])
    await recorded.scrape()
    recorded.assert_firing("ClapperSpending")

    # The balance has to stay low for an hour; by then the event is an hour old.
    await recorded.scrape(7)
    recorded.assert_firing("ClapperBalanceLow")
