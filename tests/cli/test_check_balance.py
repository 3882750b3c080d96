"""`clapper check` warns of a balance that will soon be used up."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.checks.guild import NEEDED
from bot.jobs.states import JobState
from storage.database import schema
from storage.database.engine import Database
from tests.cli.outside import Outside
from tests.cli.program import Ended, invoked
from tests.factories import make_job, reach
from tests.stores import job_store

PER_DAY = 20.0
"""Credits, on each of the last days."""


@pytest.fixture
async def outside() -> AsyncGenerator[Outside]:
    async with Outside.open() as opened:
        opened.permissions = NEEDED.value
        yield opened


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Make a database with nothing in it."""
    await schema.upgrade(url_of(tmp_path))
    return tmp_path


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'clapper.db'}"


async def spend(folder: Path, days_ago: int, used: float) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    async with Database.open(url_of(folder), may_write=None) as database:
        job = make_job(requested_at=at)
        await reach(job_store(database), JobState.DELIVERED, job, credits_used=used)


async def checked(outside: Outside, folder: Path, balance: float, **env: str) -> Ended:
    outside.credits = balance
    return await invoked("check", folder=folder, **outside.env, **env)


def warnings(ended: Ended) -> list[str]:
    return [line for line in ended.out.splitlines() if "balance" in line]


async def test_less_than_a_week_is_a_warning_and_no_fault(
    outside: Outside, folder: Path
) -> None:
    for days_ago in range(1, 9):
        await spend(folder, days_ago, PER_DAY)

    enough = await checked(outside, folder, PER_DAY * 9)
    scarce = await checked(outside, folder, PER_DAY * 3)
    gone = await checked(outside, folder, 0)

    assert warnings(enough) == []
    (warning,) = warnings(scarce)
    assert warning.startswith("· The balance lasts about ")
    assert " days at the present rate (" in warning
    assert warning.endswith("average of the last 7 days): add credits at EvoLink.")
    assert scarce.status == 0
    assert warnings(gone) == []
    assert "· No video can be made without credits: add some at EvoLink." in gone.out
    assert gone.status == 0


async def test_a_young_installation_has_no_average_of_seven_days(
    outside: Outside, folder: Path
) -> None:
    await spend(folder, 0, PER_DAY)

    (first,) = warnings(await checked(outside, folder, PER_DAY * 3))
    assert "(20 credits a day, the average since the first video, 1 day)" in first

    await spend(folder, 2, PER_DAY)
    (third,) = warnings(await checked(outside, folder, PER_DAY * 2))
    assert ", the average since the first video, 2 days)" in third


async def test_a_balance_below_the_reserve_makes_no_video(
    outside: Outside, folder: Path
) -> None:
    env = {"CLAPPER_QUOTAS__CREDIT_RESERVE": "50.5"}

    enough = await checked(outside, folder, 50.5, **env)
    below = await checked(outside, folder, 50, **env)

    assert warnings(enough) == []
    (warning,) = warnings(below)
    assert warning == (
        "· No video can be made while the balance is below quotas.credit_reserve"
        " (50.5): add credits at EvoLink, or lower the reserve."
    )
    assert below.status == 0


async def test_what_was_used_longer_ago_foretells_nothing(
    outside: Outside, folder: Path
) -> None:
    await spend(folder, 9, 900.0)

    assert warnings(await checked(outside, folder, 1)) == []


async def test_nothing_is_foretold_where_nothing_is_known(
    outside: Outside, tmp_path: Path
) -> None:
    """No database yet, an empty one, and one that is no database."""
    missing = await checked(outside, tmp_path, 1)
    assert not (tmp_path / "data").exists()
    await schema.upgrade(url_of(tmp_path))
    empty = await checked(outside, tmp_path, 1)
    (tmp_path / "data" / "clapper.db").write_bytes(b"no database at all" * 1000)
    broken = await checked(outside, tmp_path, 1)

    assert [warnings(one) for one in (missing, empty, broken)] == [[], [], []]
    assert [missing.status, empty.status, broken.status] == [0, 0, 1]


async def test_without_a_balance_there_is_one_fault_and_no_warning(
    outside: Outside, folder: Path
) -> None:
    await spend(folder, 1, PER_DAY)
    outside.status["evolink"] = 503

    ended = await checked(outside, folder, 1)

    assert warnings(ended) == []
    assert "EvoLink cannot be asked" in ended.out
