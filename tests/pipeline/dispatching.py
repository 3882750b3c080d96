"""Passes of a dispatcher, a lost answer, and a pause in the middle of a pass."""

from typing import Any

import pytest

from bot.errors import AccountRefused, EvolinkUnsure
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.dispatcher import Dispatcher
from tests.clock import FakeClock

LOST_ANSWER = EvolinkUnsure("POST timed out")


async def turn(dispatcher: Dispatcher) -> float:
    """Let it look once, and end what it began."""
    wait_s = await dispatcher.run_once()
    await dispatcher.drain()
    return wait_s


async def turns(dispatcher: Dispatcher, clock: FakeClock, for_s: float) -> None:
    """Let it work for so long, a second at a time."""
    for _ in range(int(for_s)):
        clock.advance(1)
        await turn(dispatcher)


def pause_after_claims(
    store: JobStore, account: AccountGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have another's request refused as soon as a queued job is claimed."""
    claim = store.claim_queued

    async def and_pause(*step: Any, **changes: Any) -> Claim | None:
        claimed = await claim(*step, **changes)
        account.note(AccountRefused("402"), JobId("another"))
        return claimed

    monkeypatch.setattr(store, "claim_queued", and_pause)
