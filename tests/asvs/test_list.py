"""docs/security.md names a test for each item; those tests have to exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/.]+\.py)::(test_\w+)`")
ITEM = re.compile(r"^\| (\d+\.\d+\.\d+)", re.MULTILINE)


def test_every_test_that_the_list_names_exists() -> None:
    named = NAMED.findall(LIST.read_text(encoding="utf-8"))

    assert len(named) > 30
    missing = [f"{path}::{test}" for path, test in named if test not in _tests(path)]
    assert missing == []


def test_every_item_has_a_test_or_a_reason() -> None:
    text = LIST.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if ITEM.match(line)]

    assert len(rows) >= 30
    for row in rows:
        item, meaning, answer = (cell.strip() for cell in row.strip("|").split("|"))
        assert meaning, item
        assert NAMED.search(answer) or len(answer) > len("Does not apply: why"), item


def _tests(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
