"""How long Discord asks us to wait, from a header that may hold anything."""

LONGEST_S = 24 * 3600.0
"""Longer waits are not believed: a wrong header must not stop us for good."""
LONGEST_FOR_MESSAGES_S = 3600.0
"""Where it may stop all messages."""


def seconds_in(text: str | None, *, longest_s: float = LONGEST_S) -> float | None:
    """Return the seconds that a Retry-After names, or None if it names none."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return min(seconds, longest_s) if seconds >= 0 else None
