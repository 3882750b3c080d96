"""Logs repeated faults of the gateway once, without their content."""

import math
import re
import time
import traceback
from pathlib import PurePath

import structlog

log = structlog.get_logger(__name__)

_MOST_KINDS = 100
_FIELD = re.compile(r"[a-z_]{1,40}")


class FaultLog:
    """Logs each kind of fault at intervals, with how many came since."""

    def __init__(self, said_again_after_s: float) -> None:
        """Log the same kind again only after so many seconds."""
        self._said_again_after_s = said_again_after_s
        self._kinds: dict[tuple[str, str, str], tuple[float, int]] = {}

    def note(self, said: str, event_name: str, reason: str) -> None:
        """Log a fault, unless it was logged recently.

        Args:
            said: What follows from it.
            event_name: The event that it is about.
            reason: What is wrong, without a word of what came.
        """
        kind = (said, event_name, reason)
        now_s = time.monotonic()
        last_s, since = self._kinds.get(kind, (-math.inf, 0))
        if now_s - last_s < self._said_again_after_s:
            self._kinds[kind] = (last_s, since + 1)
            return
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = (now_s, 0)
        log.warning(said, event_name=event_name, reason=reason, more_since=since)


def described(error: BaseException) -> str:
    """Return an error's type and where it was raised, not its text.

    Its text may repeat what came: a prompt, or an interaction's token. The name of a
    missing field is none of these.
    """
    kind = type(error).__name__
    if isinstance(error, KeyError) and error.args:
        missing = error.args[0]
        if isinstance(missing, str) and _FIELD.fullmatch(missing):
            kind = f"{kind} {missing}"
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return kind
    last = frames[-1]
    return f"{kind} at {PurePath(last.filename).name}:{last.lineno}"
