"""What the handbook lists is what the code has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cogs.wire.operator_channel import _SENTENCES
from tests.languages import strict_texts

ROOT = Path(__file__).parents[2]


def operator_events() -> Iterator[str]:
    """Return each event that the operator is told, as the code names it."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="tell"),
                    args=[ast.Constant(value=str(event)), *_],
                ):
                    yield event
                case _:
                    continue


def test_every_event_that_needs_a_person_is_explained() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", handbook, re.MULTILINE)
    explained = {event for row in rows for event in re.findall(r"`([a-z-]+)`", row)}
    told = set(operator_events())

    assert {"spend-warning", "unconfirmed"} <= told
    assert told <= explained
    assert told == set(_SENTENCES)


def test_every_event_has_a_sentence_of_its_own_in_english() -> None:
    english = strict_texts()._bundles["en-US"]

    assert all(english.has_message(f"operator-{event}") for event in operator_events())
