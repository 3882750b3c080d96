"""Alerts for Prometheus: each fires, and asks for nothing that is not measured."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.operations.metrics import EVENTS, Metrics, Scraped
from bot.processes.shards import GatewayStatus
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
NO_PROMTOOL = "promtool is not installed (Debian: prometheus)"
OF_PROMETHEUS = frozenset({"up"})
METRIC = re.compile(r"\b(?:clapper|process)_\w+|\bup\b")


def rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    return [rule for group in loaded["groups"] for rule in group["rules"]]


@pytest.fixture
def measured(clock: FakeClock) -> str:
    """Return what a process shows where everything is known."""
    metrics = Metrics(clock)
    gateway = GatewayStatus(
        connected=True, held=frozenset({0}), count=1, stands_by=False
    )
    metrics.note_gateway(gateway)
    scraped = Scraped(
        jobs=dict.fromkeys(JobState, 0),
        waited_s=dict.fromkeys(Due, 0.0),
        free={"spool": 1},
        balance=1.0,
    )
    return metrics.page(scraped, OnlyProcess()).decode()


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program is not None
    return subprocess.run(
        [program, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False
    )


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("promtool") is None, reason=NO_PROMTOOL)
@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")],
)
def test_promtool_is_content(arguments: tuple[str, ...]) -> None:
    ended = promtool(*arguments)

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_has_its_test_and_says_what_to_do() -> None:
    tests = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text())["tests"]

    assert {one["name"] for one in tests} == {
        *(f"{rule['alert']} fires" for rule in rules()),
        "a calm life of two processes needs nobody",
    }
    for rule in rules():
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_metric_in_an_alert_is_measured(measured: str) -> None:
    shown = set(re.findall(r"^([a-z_]+)", measured, re.MULTILINE)) | OF_PROMETHEUS
    asked = {name for rule in rules() for name in METRIC.findall(rule["expr"])}

    assert len(asked) > 10
    assert asked - shown == set()


def test_every_label_in_an_alert_is_there(measured: str) -> None:
    for rule in rules():
        for name, label in re.findall(r"(clapper_\w+)\{(\w+)=", rule["expr"]):
            assert re.search(rf"^{name}\{{[^}}]*{label}=", measured, re.MULTILINE), (
                rule["alert"]
            )


def test_every_event_begins_at_zero_and_the_handbook_has_it(measured: str) -> None:
    """Else Prometheus would not see the first one rise."""
    text = (FOLDER.parents[1] / "docs" / "operations.md").read_text()
    handbook = text.split("## What Clapper tells you")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in handbook.splitlines() if line[:3] == "| `"]

    assert set(re.findall(r"`([a-z-]+)`", " ".join(rows))) == set(EVENTS)
    for event in EVENTS:
        assert f'clapper_operator_events_total{{event="{event}"}} 0.0' in measured
