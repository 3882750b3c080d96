"""How often the balance is looked at."""

import asyncio

import pytest

from bot.errors import AccountFault, AccountRefused
from bot.jobs.tasks import Balance
from bot.operations import account_watch
from bot.operations.account import AccountGate
from bot.operations.account_watch import WHILE_OPEN_S, WHILE_PAUSED_S, AccountWatch
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ENOUGH, ScriptedEvolink

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")


@pytest.fixture
def resumed() -> list[str]:
    return []


@pytest.fixture
def watch(account: AccountGate, limits: Limits, resumed: list[str]) -> AccountWatch:
    return AccountWatch(
        account, balance=limits.balance, resumed=lambda: resumed.append("resumed")
    )


async def test_an_open_account_is_looked_at_seldom(
    watch: AccountWatch, resumed: list[str]
) -> None:
    assert await watch.run_once() == WHILE_OPEN_S
    assert resumed == []


async def test_an_empty_account_is_looked_at_often_until_it_is_filled(
    watch: AccountWatch,
    account: AccountGate,
    evolink: ScriptedEvolink,
    resumed: list[str],
) -> None:
    evolink.balance = Balance(spendable=0)

    for _ in range(3):
        assert await watch.run_once() == WHILE_PAUSED_S
    paused = account.paused
    evolink.balance = ENOUGH
    assert await watch.run_once() == WHILE_OPEN_S

    assert (paused, account.paused) == (True, False)
    assert resumed == ["resumed"]


async def test_the_balance_waits_for_its_turn_while_evolink_fails(
    watch: AccountWatch, limits: Limits, evolink: ScriptedEvolink
) -> None:
    for endpoint in (limits.creates, limits.reads, limits.creates):
        call = endpoint.begin("any")
        call.failed("503")
        call.end()
    evolink.balance = Balance(spendable=0)

    assert 0 < await watch.run_once() < WHILE_PAUSED_S


async def test_a_refused_submit_brings_the_next_look_forward(
    watch: AccountWatch,
    account: AccountGate,
    resumed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else intake would stay paused for ten minutes. Not at once, though.

    An account with a few credits left refuses each submit and still has a balance:
    resuming at once would fail the whole queue in seconds.
    """
    monkeypatch.setattr(account_watch, "WHILE_PAUSED_S", 0.3)
    loop = asyncio.get_running_loop()

    async with at_work(watch):
        await asyncio.sleep(0.2)
        begun_s = loop.time()
        await account.refused(AccountRefused("402"))
        assert account.paused
        await until(lambda: not account.paused)

    assert loop.time() - begun_s >= 0.3
    assert resumed == ["resumed"]


async def test_while_a_probe_is_due_the_account_is_looked_at_often(
    watch: AccountWatch, account: AccountGate, clock: FakeClock, resumed: list[str]
) -> None:
    """Nobody may ask for a clip for days; a fix is noticed anyway."""
    await account.refused(AccountRefused("402 key_disabled", fault=AccountFault.KEY))
    assert await watch.run_once() == WHILE_PAUSED_S
    clock.advance(60)

    assert not account.paused
    assert await watch.run_once() == WHILE_PAUSED_S
    assert resumed == []
