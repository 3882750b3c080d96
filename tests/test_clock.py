"""Time that passes does not follow the clock that people set."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import clock
from bot.clock import MonotonicClock


class SetBack(datetime):
    """The machine's clock, an hour before what it was."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        del tz
        return datetime.now(UTC) - timedelta(hours=1)


def test_a_monotonic_clock_goes_on_when_the_machines_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monotonic = MonotonicClock()
    before = monotonic.now()

    monkeypatch.setattr(clock, "datetime", SetBack)

    assert timedelta() <= monotonic.now() - before < timedelta(hours=1)
