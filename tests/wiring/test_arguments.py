"""No argument in the wiring can be left out unseen.

Most have no default where they are taken, so that a type checker sees it. The others
are listed here, each with the test that fails without it.
"""

import ast
import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from discord.app_commands import CommandTree

from bot.app import App
from bot.delivery.spool import Spool
from bot.jobs.durations import RecentDurations
from bot.operations.account import AccountGate
from bot.operations.health import Health
from bot.operations.metrics import Metrics
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.wakeups import Wakeups
from bot.privacy.ports import RetentionStore
from bot.processes.ports import Processes
from bot.servers.greetings import Greetings
from bot.workers.workforce import Workforce
from cogs.bot import ClapperBot
from storage.jobs.durations import SqlTaskDurations
from storage.jobs.store import SqlJobStore
from tests.wiring.arguments import ROOT, WIRING, arguments

METHODS: Mapping[str, Callable[..., Any]] = {
    "account.recall": AccountGate.recall,
    "app.run": App.run,
    "bot.add_cog": ClapperBot.add_cog,
    "bot.tree.add_command": CommandTree.add_command,
    "core.health.evolink_outage": Health.evolink_outage,
    "core.jobs.end_of_guild": SqlJobStore.end_of_guild,
    "core.health.note_gateway": Health.note_gateway,
    "core.metrics.backs_up_every": Metrics.backs_up_every,
    "core.metrics.ended": Metrics.ended,
    "core.metrics.note_gateway": Metrics.note_gateway,
    "core.metrics.outage": Metrics.outage,
    "core.metrics.page": Metrics.page,
    "core.processes.holds": Processes.holds,
    "core.processes.when_changed": Processes.when_changed,
    "core.wakeups.connect": Wakeups.connect,
    "core.wakeups.listen": Wakeups.listen,
    "core.wakeups.wake": Wakeups.wake,
    "core.wakeups.when_called_back": Wakeups.when_called_back,
    "core.wakeups.when_picture_left": Wakeups.when_picture_left,
    "core.wakeups.when_slot_left": Wakeups.when_slot_left,
    "durations.begin_with": RecentDurations.begin_with,
    "greetings.guilds_seen": Greetings.guilds_seen,
    "group.create_task": asyncio.TaskGroup.create_task,
    "learned.trust.ended": CallbackTrust.ended,
    "loop.add_signal_handler": asyncio.AbstractEventLoop.add_signal_handler,
    "loop.remove_signal_handler": asyncio.AbstractEventLoop.remove_signal_handler,
    "processes.holds": Processes.holds,
    "retention.note_departed": RetentionStore.note_departed,
    "retention.note_present": RetentionStore.note_present,
    "self._give_shards_away": App._give_shards_away,
    "self.bot.serve": ClapperBot.serve,
    "self.processes.watch": Processes.watch,
    "self.workforce.run": Workforce.run,
    "spool.discard_parts": Spool.discard_parts,
    "stack.callback": AsyncExitStack.callback,
    "stack.enter_async_context": AsyncExitStack.enter_async_context,
    "stack.enter_context": AsyncExitStack.enter_context,
    "stack.push_async_callback": AsyncExitStack.push_async_callback,
    "took.latest": SqlTaskDurations.latest,
}
"""What is called on objects."""

TYPES = "the type checker, which knows what is called with it"
RULES = "tests/wiring/test_rules.py::test_every_limit_of_the_operator_is_heeded"
KEPT = "tests/wiring/test_rules.py::test_data_is_kept_for_as_long_as_the_operator_says"
NAMED = "tests/wiring/test_arguments.py::test_every_task_is_named"
HIDDEN = "tests/wiring/test_program.py::test_the_application_shows_no_token"
SAID = "tests/wiring/test_program.py::test_a_spool_that_cannot_be_used_is_one_sentence"
OF_ITS_SESSIONS = (
    "tests/storage/processes/test_real_processes.py::test_a_second_program_starts"
    "_beside_the_first_and_all_its_sessions_are_its"
)
NO_ANSWER = (
    "tests/storage/processes/test_real_processes.py::test_a_network_that_is_cut_keeps"
    "_no_member_waiting_and_is_recovered_from"
)
OPTIONAL: Mapping[tuple[str, str], str] = {
    ("LimitSet", "per_day"): RULES,
    ("LimitSet", "per_month"): RULES,
    ("LimitSet", "at_once"): RULES,
    ("LimitSet", "cooldown_s"): RULES,
    ("timedelta", "days"): KEPT,
    ("StartupError", "#0"): SAID,
    ("Database.open", "session_name"): OF_ITS_SESSIONS,
    ("Database.open", "answer_within_s"): NO_ANSWER,
    ("field", "repr"): HIDDEN,
    ("group.create_task", "name"): NAMED,
    ("counts.get", "#0"): TYPES,
    ("counts.get", "#1"): TYPES,
    ("stack.push_async_callback", "#1"): TYPES,
    ("asyncio.to_thread", "#1"): TYPES,
    ("asyncio.to_thread", "#2"): TYPES,
}
"""What has a default, or a signature that nobody can read, and what fails without."""

ARGUMENTS = list(arguments(METHODS))


def test_each_argument_is_required_or_listed_with_a_test() -> None:
    unseen = {one.key for one in ARGUMENTS if not one.required}

    assert unseen == set(OPTIONAL)


def test_the_wiring_has_arguments() -> None:
    """Else the test above would prove nothing."""
    modules = {one.module for one in ARGUMENTS}

    assert len(ARGUMENTS) > 300
    assert {"bot.app", "bot.wiring.pipeline", "bot.wiring.moderation"} <= modules
    assert ("Deliverer", "operator") in {one.key for one in ARGUMENTS if one.required}


@pytest.mark.parametrize("test", sorted(set(OPTIONAL.values()) - {TYPES}))
def test_the_tests_that_are_named_exist(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    functions = ast.FunctionDef | ast.AsyncFunctionDef

    assert name in {one.name for one in ast.walk(tree) if isinstance(one, functions)}


def test_every_task_is_named() -> None:
    """The log and a debugger say by that name what hangs."""
    for path in WIRING:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and "create_task" in ast.unparse(node.func):
                assert "name" in {one.arg for one in node.keywords}, ast.unparse(node)
