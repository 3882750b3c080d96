"""The warning before a month's credits are used up."""

from collections.abc import Mapping
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.ids import GuildId
from bot.operations.spend_watch import PAUSE_S, WARNING_SHARE, SpendWatch
from tests.clock import FakeClock
from tests.factories import make_rules

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")


class ScriptedSpending:
    """Has one server and the whole bot near their ceilings."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, float]] = []
        self.limits_asked: list[float] = []

    async def warn_servers(
        self, ceiling: float, share: float, now: datetime
    ) -> Mapping[GuildId, float]:
        assert now.tzinfo
        self.asked.append(("servers", ceiling, share))
        return {GuildId(7): 0.85}

    async def warn_limited(
        self, share: float, now: datetime
    ) -> Mapping[GuildId, float]:
        assert now.tzinfo
        self.limits_asked.append(share)
        return {GuildId(8): 0.85}

    async def warn_operator(
        self, ceiling: float, share: float, now: datetime
    ) -> float | None:
        assert now.tzinfo
        self.asked.append(("all", ceiling, share))
        return 0.91


class NotedOperator:
    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, object]]] = []

    async def tell(self, event: str, **values: object) -> None:
        self.told.append((event, values))


@pytest.mark.parametrize(
    ("ceilings", "asked"),
    [
        ({}, []),
        ({"server_credits_per_month": 50.0}, [("servers", 50.0, WARNING_SHARE)]),
        ({"total_credits_per_month": 70.0}, [("all", 70.0, WARNING_SHARE)]),
        ({"server_credits_per_month": 0.0, "total_credits_per_month": 0.0}, []),
    ],
)
async def test_only_ceilings_that_are_set_are_watched(
    clock: FakeClock,
    ceilings: dict[str, float],
    asked: list[tuple[str, float, float]],
) -> None:
    spending = ScriptedSpending()
    rules = make_rules(**ceilings).quotas

    pause_s = await SpendWatch(spending, rules, NotedOperator(), clock).run_once()

    assert pause_s == PAUSE_S
    assert spending.asked == asked
    assert spending.limits_asked == [WARNING_SHARE]


async def test_the_log_and_the_operator_hear_of_it(clock: FakeClock) -> None:
    operator = NotedOperator()
    rules = make_rules(
        server_credits_per_month=50.0, total_credits_per_month=70.0
    ).quotas

    with capture_logs() as logged:
        await SpendWatch(ScriptedSpending(), rules, operator, clock).run_once()

    assert operator.told == [("spend-warning", {"percent": 91})]
    assert [(line["guild_id"], line["percent"]) for line in logged] == [(7, 85)]
