"""The account, as the process knows it that reads the balance."""

import pytest

from bot.wiring.core import Core
from bot.wiring.operations import join_account
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink


async def test_a_balance_is_known_only_while_this_process_reads_it(
    core: Core, evolink: ScriptedEvolink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page and metrics would go on with what was left when the seat was lost."""
    account = join_account(core, evolink, RecordingOperator())
    assert account.balance() is None
    await account.gate.read_balance()
    read = account.balance()

    monkeypatch.setattr(core.processes, "holds", lambda _: False)

    assert read is not None
    assert read.read_at == core.clock.now()
    assert account.balance() is None
