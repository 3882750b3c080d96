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
                    func=ast.Attribute(attr="tell" | "_tell"),
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


def test_each_way_through_the_code_has_as_many_files_as_it_says() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    ways = re.split(r"^### (.+): (\d+) files$", architecture, flags=re.MULTILINE)[1:]
    said = dict(zip(ways[::3], map(int, ways[1::3]), strict=True))
    item = re.compile(r"^(\d+)\. `([\w/]+\.py)`: ", re.MULTILINE)
    listed = {
        way: item.findall(re.split(r"^## ", text, flags=re.MULTILINE)[0])
        for way, text in zip(ways[::3], ways[2::3], strict=True)
    }

    assert len(said) == 5
    for way, files in listed.items():
        assert [int(number) for number, _ in files] == list(range(1, said[way] + 1))
        assert len({file for _, file in files}) == said[way]


def test_each_worker_is_in_the_table_of_workers() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = architecture.split("| worker | what it does |")[1].split("\n\n")[0]
    described = {
        name.lower() for name in re.findall(r"^\| ([A-Z].+?) \|", table, re.MULTILINE)
    }
    worker = re.compile(
        r'^class \w+\((?:Job|Row)?Worker(?:\[.+\])?\):.*?^    name = "(.+?)"',
        re.MULTILINE | re.DOTALL,
    )
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]
    names = {one for file in files for one in worker.findall(file.read_text("utf-8"))}

    assert described == names
