"""Alerts for Prometheus: each fires, and asks for nothing that is not measured."""

import ast
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


LAST_HOUR = "clapper:operator_events:last_hour"
"""The one rule that is no alert, and stands for what it is reckoned from."""


def all_rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())
    return [rule for group in loaded["groups"] for rule in group["rules"]]


def rules() -> list[dict[str, Any]]:
    return [rule for rule in all_rules() if "alert" in rule]


@needs_promtool
@pytest.mark.thorough
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
        assert set(rule["annotations"]) == {"summary", "action", "runbook"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_each_alert_leads_to_a_heading_of_the_handbook() -> None:
    """And those headings that are about alerts alone name the alerts they are about."""
    sections = sections_of(HANDBOOK.read_text("utf-8"))

    for rule in rules():
        path, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert path == "docs/operations.md"
        assert anchor in sections, rule["alert"]
    for anchor, text in sections.items():
        named = set(re.findall(r"`(Clapper[A-Z]\w+)`", text))
        led_here = {
            rule["alert"]
            for rule in rules()
            if rule["annotations"]["runbook"].endswith(f"#{anchor}")
        }
        assert not named or not led_here or named == led_here, anchor


def sections_of(handbook: str) -> dict[str, str]:
    """Return the text below each heading, by the anchor that it gets on GitHub."""
    parts = re.split(r"^#+ (.+)$", handbook, flags=re.MULTILINE)[1:]
    anchors = [
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in parts[::2]
    ]
    assert len(set(anchors)) == len(anchors)
    return dict(zip(anchors, parts[1::2], strict=True))


def test_each_alert_is_caused_on_the_real_process() -> None:
    """Here only that there is such a test; it runs with `make check`."""
    asserted = {
        argument.value
        for file in Path(__file__).parent.glob("test_alerts_of_*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "assert_firing"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }

    assert asserted == {rule["alert"] for rule in rules()}


def test_what_an_alert_asks_for_is_measured() -> None:
    for rule in all_rules():
        assert rule.get("record") in {None, LAST_HOUR}
        assert_is_measured(
            rule["expr"].replace(LAST_HOUR, "clapper_operator_events_total")
        )


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
