"""The page about costs reckons by the catalogue, and its commands do as it says."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.models.catalogue import MODELS
from bot.quotas.estimates import estimate
from bot.quotas.limits import LimitSet, Made, SetLimits, Usage
from bot.quotas.rules import QuotaAllowed, QuotaFacts, QuotaRefusal, decide_quota
from tests.factories import NOON, make_request, make_rules

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "costs.md").read_text("utf-8")
A_DOLLAR = 68
BY_TITLE = {model.title: model.text for model in MODELS.values()}


def rows(*, sums: bool) -> Sequence[list[str]]:
    """Return the cells of the table's rows; those of sums are bold."""
    table = re.findall(r"^\| (?!Server)([*\w].*) \|$", PAGE, re.MULTILINE)
    return [
        [cell.strip().strip("*") for cell in row.split("|")]
        for row in table
        if row.startswith("**") == sums
    ]


def number(cell: str) -> float:
    return float(cell.replace(",", ""))


@pytest.mark.parametrize("row", rows(sums=False), ids=lambda row: " ".join(row[:2]))
def test_a_row_is_what_the_catalogue_says(row: list[str]) -> None:
    _, title, videos, seconds, quality, each, month, dollars = row
    profile = BY_TITLE[title]
    asked = make_request(
        model=profile.id,
        quality=None if quality == "none" else quality,
        duration_s=int(seconds),
    )

    assert asked.duration_s in profile.durations_s
    assert asked.quality in (profile.qualities or (None,))
    assert number(each) == estimate(asked, [])
    cost = number(videos) * number(each)
    assert month == f"{cost:,.0f}"
    assert dollars == f"{cost / A_DOLLAR:,.2f}"


def test_sums_are_those_of_their_servers() -> None:
    together: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for server, _, videos, _, _, each, _, _ in rows(sums=False):
        together[server][0] += number(videos)
        together[server][1] += number(videos) * number(each)

    assert len(together) == 3
    assert {
        server: [videos, month, dollars]
        for server, _, videos, _, _, _, month, dollars in rows(sums=True)
    } == {
        server: [f"{videos:,.0f}", f"{cost:,.0f}", f"{cost / A_DOLLAR:,.2f}"]
        for server, (videos, cost) in together.items()
    }


def typed(command: str) -> LimitSet:
    """Return the limits that a command on the page sets."""
    (options,) = re.findall(rf"^ *{command} (?:role:\S+ )?(.*)$", PAGE, re.MULTILINE)
    given = dict(one.split(":") for one in options.split())
    given = {name: value.removesuffix("p") for name, value in given.items()}
    return LimitSet(**{name: int(value) for name, value in given.items()})


def test_the_commands_for_a_paid_role_let_in_those_who_pay() -> None:
    (free, paid) = (
        re.findall(rf"^/quota {who} (.*)$", PAGE, re.MULTILINE)[0]
        for who in ("members", "role")
    )
    assert free == "per_day:0"
    for_role = typed("/quota role")
    assert paid.startswith("role:@Supporter ")
    nobody = Usage(
        day=0,
        month=0,
        at_once=0,
        day_ends_at=NOON + timedelta(hours=12),
        month_ends_at=NOON + timedelta(days=16),
    )

    nothing = Made(
        day=0,
        month=0,
        day_ends_at=nobody.day_ends_at,
        month_ends_at=nobody.month_ends_at,
    )

    def decided(spent: float, *, pays: bool) -> QuotaAllowed | QuotaRefusal:
        limits = SetLimits(
            members=LimitSet(per_day=0), roles={1: for_role} if pays else {}
        )
        used = replace(nobody, credits_month=spent, month=int(spent), day=int(spent))
        facts = QuotaFacts(
            limits=limits,
            server=used,
            member=used,
            made=nothing,
            grants=0,
            last_request_at=None,
        )
        request = make_request()
        return decide_quota(
            facts,
            make_rules().quotas,
            request=request,
            requested_at=NOON,
            at_once=True,
            credits_estimated=estimate(request, []),
        )

    assert isinstance(decided(0, pays=False), QuotaRefusal)
    assert isinstance(decided(0, pays=True), QuotaAllowed)
    assert isinstance(decided(145, pays=True), QuotaAllowed)
    assert isinstance(decided(146, pays=True), QuotaRefusal)
    most = for_role.credits_per_month
    assert most is not None
    assert f"{most} credits are {most / A_DOLLAR:.2f} US dollars" in PAGE


def test_the_page_is_linked_from_where_people_look() -> None:
    for place in (DOCS.parent / "README.md", DOCS / "quotas.md"):
        assert "costs.md)" in place.read_text("utf-8"), place
