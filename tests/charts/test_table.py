"""The CSV: every member once, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import timedelta

import pytest

from bot.charts.table import COLUMNS, report_csv
from bot.ids import UserId
from bot.jobs.states import JobState
from bot.quotas.month import month_at
from bot.quotas.report import QuotaReport, ReportSums, days_until
from bot.quotas.settings import MadeVideo
from tests.factories import NOON

S = JobState
MIA, BEN = UserId(1_300_000_000_000_000_001), UserId(1_300_000_000_000_000_002)


def made(user_id: UserId, state: JobState, *, days_ago: float = 0) -> MadeVideo:
    return MadeVideo(
        user_id=user_id,
        requested_at=NOON - timedelta(days=days_ago),
        state=state,
        counts=state is S.DELIVERED,
        credits=2.5,
    )


def report(
    *videos: MadeVideo,
    days: int = 3,
    zone: str = "UTC",
    limits_credits: bool = False,
    credits_limit: int | None = None,
) -> QuotaReport:
    sums = ReportSums(days_until(NOON, days, zone), zone, month_at(NOON, zone))
    sums.add(videos)
    return sums.report(limits_credits=limits_credits, credits_limit=credits_limit)


def cells(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))


def test_each_member_has_a_line_with_sums() -> None:
    known = report(
        made(MIA, S.DELIVERED),
        made(MIA, S.FAILED),
        made(MIA, S.CANCELLED),
        made(BEN, S.DELIVERED),
        made(BEN, S.DELIVERED),
        made(BEN, S.GENERATING),
        made(BEN, S.DELIVERED, days_ago=9),
    )

    head, ben, mia = cells(report_csv(known, {MIA: "Mia"}))

    assert tuple(head) == COLUMNS
    assert ben == [f"'{BEN}", "", "3", "2", "2", "0", "0", "1", "7.5", "2.5"]
    assert mia == [f"'{MIA}", "Mia", "3", "1", "1", "1", "1", "0", "7.5", "0"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", " =", "   +"])
def test_no_name_becomes_a_formula(begin: str) -> None:
    """Opening the table must not run a formula in a member's name."""
    name = f"{begin}HYPERLINK(0)"

    (_, line) = cells(report_csv(report(made(MIA, S.DELIVERED)), {MIA: name}))

    dangerous = ("=", "+", "-", "@", "\t", "\r")
    assert not any(cell.lstrip(" ").startswith(dangerous) for cell in line)
    assert line[1].endswith("HYPERLINK(0)")


def test_an_ordinary_name_stays_as_it_is() -> None:
    name = 'Mia, "the" 1st'

    (_, line) = cells(report_csv(report(made(MIA, S.DELIVERED)), {MIA: name}))

    assert line[1] == name


def test_half_a_character_in_a_name_costs_no_more_than_that_character() -> None:
    (_, line) = cells(report_csv(report(made(MIA, S.DELIVERED)), {MIA: "Mia\ud83d"}))

    assert line[1] == "Mia?"


def test_a_day_is_one_of_the_server_s_own() -> None:
    """What was asked for at noon UTC was asked for tomorrow on Kiritimati."""
    known = report(made(MIA, S.DELIVERED), days=2, zone="Pacific/Kiritimati")

    assert [day.day for day in known.days] == [15, 16]
    assert known.by_day[MIA] == [0, 1]
    assert (known.delivered, known.requested, known.credits) == (1, 1, 2.5)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (1_234_567.0, "1234567"),
        (1.5, "1.5"),
        (0.0, "0"),
        (100.0, "100"),
        (7.126, "7.13"),
    ],
)
def test_credits_are_written_as_plain_numbers(amount: float, written: str) -> None:
    line = made(MIA, S.DELIVERED)._replace(credits=amount)

    table = report_csv(report(line), {}).decode("utf-8-sig")

    assert table.splitlines()[1].endswith(f",{written},0")
