"""Alerts for Prometheus: each fires, and asks for nothing that is not measured."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from bot.operations.metrics import EVENTS
from tests.monitoring.asked import assert_is_measured
from tests.monitoring.exported import page
from tests.monitoring.promtool import PROMETHEUS, needs_promtool, promtool

HANDBOOK = Path(__file__).parents[2] / "docs" / "operations.md"


def rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())
    return [rule for group in loaded["groups"] for rule in group["rules"]]


@needs_promtool
@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")],
)
def test_promtool_is_content(arguments: tuple[str, ...]) -> None:
    ended = promtool(*arguments)

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_has_its_test_and_says_what_to_do() -> None:
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yaml").read_text())["tests"]

    assert {one["name"] for one in tests} == {
        *(f"{rule['alert']} fires" for rule in rules()),
        "a calm life of two processes needs nobody",
    }
    for rule in rules():
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_what_an_alert_asks_for_is_measured(rule: dict[str, Any]) -> None:
    assert_is_measured(rule["expr"])


def test_every_event_begins_at_zero_and_the_handbook_has_it() -> None:
    """Else Prometheus would not see the first one rise."""
    handbook = HANDBOOK.read_text().split("## What Clapper tells you")[1].split("## ")
    rows = [
        line.split("|")[1] for line in handbook[0].splitlines() if line[:3] == "| `"
    ]

    assert set(re.findall(r"`([a-z-]+)`", " ".join(rows))) == set(EVENTS)
    shown = page()
    for event in EVENTS:
        assert f'clapper_operator_events_total{{event="{event}"}} 0.0' in shown
