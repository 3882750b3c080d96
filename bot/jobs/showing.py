"""When the status message shows a new state. Pure arithmetic."""

from datetime import datetime, timedelta

PASSING_S = 2.0
"""How long a state that jobs pass through must last before it is shown, in seconds.

Nobody can read faster, each edit is a call to Discord, and it would delay the edit that
shows the next state.
"""


def shown_if_it_lasts(at: datetime) -> datetime:
    """Return when the status message is to show a state that began at `at`.

    For `queued`, `submitting` and `delivering`, which most jobs leave within a second.
    A job that moves on earlier sets a new date, and its next state is shown at once.
    """
    return at + timedelta(seconds=PASSING_S)
