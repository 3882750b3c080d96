"""The program's time of day, which a test sets forward while the program runs.

Nothing of this is in the product: it is put around `SystemClock` from outside, in a
process that runs the real program. What it measures by the monotonic clock goes on.
"""

import os
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock

AHEAD = "LIVES_CLOCK_AHEAD"
"""Names a file that says by how many seconds the clock is ahead."""


class LifeClock:
    """The clock of one or more lives, as the test sets it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.ahead_s = 0.0
        self._write()

    @property
    def settings(self) -> dict[str, str]:
        """What a life has to be begun with to go by this clock."""
        return {AHEAD: str(self._file)}

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once, for the program alone."""
        self.ahead_s += seconds
        self._write()

    def _write(self) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(str(self.ahead_s), "utf-8")
        part.replace(self._file)


def install(environment: MutableMapping[str, str]) -> None:
    """Put the clock in place, if the environment asks for one."""
    named = environment.pop(AHEAD, None)
    if named is None:
        return
    file = os.fspath(named)

    def now(_self: SystemClock) -> datetime:
        with open(file, encoding="utf-8") as opened:  # noqa: PTH123 - asked very often
            return datetime.now(UTC) + timedelta(seconds=float(opened.read()))

    SystemClock.now = now  # type: ignore[method-assign, assignment]
