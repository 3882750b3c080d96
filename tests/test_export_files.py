"""What is exported is whole, whatever its size, and each file can be read by itself."""

import io
import json
import random
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest

from bot.export_files import Export, ExportFile
from bot.privacy.own_data import Document

ABOUT = {"about": "5", "at": "now"}
MIB = 1024 * 1024


def export(most_bytes: int = 8 * MIB) -> Export:
    return Export("data", "json", Document(ABOUT), most_bytes=most_bytes)


def rows(count: int, length: int, first: int = 0) -> list[dict[str, Any]]:
    """Return rows that no compressor makes much smaller."""
    chance = random.Random(first)  # noqa: S311 - it is no secret
    return [
        {"id": first + number, "text": chance.randbytes(length // 2).hex()}
        for number in range(count)
    ]


def add(made: Export, section: str, wanted: Sequence[dict[str, Any]]) -> None:
    made.add(section, map(json.dumps, wanted))


def documents(files: Sequence[ExportFile]) -> list[dict[str, Any]]:
    found = []
    for file in files:
        content = file.content
        if file.is_packed:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                (name,) = archive.namelist()
                content = archive.read(name)
        found.append(json.loads(content))
    return found


def test_what_is_small_is_a_plain_file() -> None:
    made = export()
    add(made, "jobs", [{"id": 1, "prompt": "ein Füchslein \ud83d"}, {"id": 2}])
    add(made, "jobs", [])
    add(made, "limits", [])

    (file,) = made.finish()

    assert file.name == "data.json"
    whole = {
        **ABOUT,
        "jobs": [{"id": 1, "prompt": "ein Füchslein \ud83d"}, {"id": 2}],
        "limits": [],
    }
    assert json.loads(file.content) == whole
    # A row is a line.
    assert len(file.content.decode().splitlines()) == 9


def test_what_is_large_is_packed() -> None:
    made = export()
    wanted = rows(3_000, 1_000)
    add(made, "jobs", wanted)

    (file,) = made.finish()

    assert file.name == "data.zip"
    assert len(file.content) < sum(len(one["text"]) for one in wanted) * 0.7
    assert documents([file]) == [{**ABOUT, "jobs": wanted}]


@pytest.mark.parametrize("most_bytes", [256 * 1024, MIB])
def test_what_is_too_large_for_one_file_is_split_into_whole_documents(
    most_bytes: int,
) -> None:
    made = export(most_bytes)
    jobs, ledger = rows(3_000, 1_000), rows(2_000, 500, first=9_000)
    for start in range(0, 3_000, 500):
        add(made, "jobs", jobs[start : start + 500])
    add(made, "ledger", ledger)
    add(made, "limits", [])

    files = made.finish()

    assert len(files) > 1
    assert [one.name for one in files] == [
        f"data-{number}.zip" for number in range(1, len(files) + 1)
    ]
    assert all(len(one.content) <= most_bytes for one in files)
    # Each is a message of its own: none but the last has much room left.
    assert all(len(one.content) > most_bytes * 0.6 for one in files[:-1])
    parts = documents(files)
    assert all(part["about"] == "5" for part in parts)
    assert [row for part in parts for row in part.get("jobs", ())] == jobs
    assert [row for part in parts for row in part.get("ledger", ())] == ledger
    assert parts[-1]["limits"] == []


def test_a_row_that_is_too_large_is_a_file_of_its_own() -> None:
    made = export(256 * 1024)
    small, large = rows(10, 100), rows(1, 2 * MIB, first=50)
    add(made, "jobs", [*small, *large, *small])

    parts = documents(made.finish())

    assert [part["jobs"] for part in parts] == [small, large, small]


def test_what_is_large_only_until_it_is_compressed_stays_one_file() -> None:
    made = export(512 * 1024)
    alike = [{"id": number, "text": "x" * 1_000} for number in range(3_000)]
    add(made, "jobs", alike)
    add(made, "ledger", alike)

    (file,) = made.finish()

    assert documents([file]) == [{**ABOUT, "jobs": alike, "ledger": alike}]
