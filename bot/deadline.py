"""Until when somebody waits for an answer, passed along with the task that works on it.

Who begins a task that a person waits for sets the deadline; what may have to wait looks
at it. Everything in between need not know (the field calls it deadline propagation).
"""

import time
from contextvars import ContextVar

_answer_by_s: ContextVar[float | None] = ContextVar("answer_by_s", default=None)
"""On the monotonic clock; None = nobody waits."""


def answer_within(seconds: float) -> None:
    """Let this task, and those it begins, know that somebody waits for so long."""
    _answer_by_s.set(time.monotonic() + seconds)


def answered() -> None:
    """Let this task know that nobody waits any more: the rest may take its time."""
    _answer_by_s.set(None)


def left_s() -> float | None:
    """Return for how many seconds somebody still waits, at least 0; None = nobody."""
    answer_by_s = _answer_by_s.get()
    return None if answer_by_s is None else max(0.0, answer_by_s - time.monotonic())
