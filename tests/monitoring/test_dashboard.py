"""The dashboard for Grafana: asks for what is measured, and for all of it."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.monitoring.asked import assert_is_measured, grouping_labels, names
from tests.monitoring.exported import families, page
from tests.monitoring.promtool import PROMETHEUS, needs_promtool, promtool

FILE = Path(__file__).parents[2] / "deploy" / "grafana" / "clapper.json"
ROWS = [
    "Spending and balance",
    "Jobs and queue",
    "Deliveries and waits",
    "Outages and limits",
    "Gateway and processes",
    "Machine",
]
LEFT_OUT = {
    "clapper_backup_interval_seconds": "a setting of the operator's, which never moves",
    "process_virtual_memory_bytes": "what is reserved, most of which is never used",
}
"""What no panel shows, and why."""
PER_PROCESS = re.compile(
    r"^(?:clapper_seats|clapper_build_info|(?:rate\(|time\(\) - )?process_)"
)
"""Expressions that show each process by itself, with its `instance`."""
COLUMNS = 24


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return loaded


def panels() -> list[dict[str, Any]]:
    return [one for one in dashboard()["panels"] if one["type"] != "row"]


def targets() -> Iterator[tuple[str, str, str]]:
    """Return the panel, the expression and the legend of each query."""
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]


def test_what_a_panel_asks_for_is_measured() -> None:
    for _, expression, legend in targets():
        assert_is_measured(expression, legend)


@needs_promtool
def test_prometheus_understands_every_expression(tmp_path: Path) -> None:
    """Grafana's own interval is replaced, as Grafana replaces it."""
    rules = [
        {"record": "panel", "expr": one.replace("$__rate_interval", "5m")}
        for _, one, _ in targets()
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(
        yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8"
    )

    ended = promtool("check", "rules", "--lint=none", file.name, folder=tmp_path)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(rules)} rules found" in ended.stdout
    assert not any("$" in rule["expr"] for rule in rules)


def test_everything_that_is_measured_is_shown_or_left_out_for_a_reason() -> None:
    shown = set().union(*(names(one) for _, one, _ in targets()))
    measured = families(page())
    unseen = {
        family
        for family, samples in measured.items()
        if not shown & {sample.name for sample in samples}
    }

    assert len(measured) > 20
    assert unseen == set(LEFT_OUT)


def test_several_processes_are_added_up_or_named() -> None:
    """Else a panel would show a line for each, without saying which is which."""
    for panel, expression, legend in targets():
        if PER_PROCESS.match(expression):
            assert legend in {"{{instance}}", "__auto"}, panel
        elif "ALERTS" not in expression:
            assert re.search(r"\b(?:sum|max|min)\b", expression), panel
            lines = set(re.findall(r"\{\{(\w+)\}\}", legend))
            assert lines == grouping_labels(expression) - {"le"}, panel


def test_it_has_its_rows_and_each_panel_its_words() -> None:
    rows = [one["title"] for one in dashboard()["panels"] if one["type"] == "row"]
    titles = [one["title"] for one in panels()]

    assert rows == ROWS
    assert len(set(titles)) == len(titles) > 30
    for panel in panels():
        assert panel["title"][0].isupper()
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_an_alert_that_a_panel_names_exists() -> None:
    known = set(
        re.findall(r"alert: (\w+)", (PROMETHEUS / "alerts.yaml").read_text("utf-8"))
    )
    said = set(re.findall(r"Clapper[A-Z]\w+", FILE.read_text("utf-8")))

    assert len(said) > 5
    assert said <= known


def test_it_is_imported_as_it_stands() -> None:
    """It asks only which Prometheus, and overwrites no other dashboard."""
    found = dashboard()
    (variable,) = found["templating"]["list"]

    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    assert (found["id"], found["uid"]) == (None, "clapper")
    assert len({one["id"] for one in found["panels"]}) == len(found["panels"])
    for panel in panels():
        for asked in (panel, *panel["targets"]):
            assert asked["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_no_panel_lies_upon_another() -> None:
    places = [one["gridPos"] for one in dashboard()["panels"]]

    for one in places:
        assert one["x"] + one["w"] <= COLUMNS
    for one, other in combinations(places, 2):
        assert (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
