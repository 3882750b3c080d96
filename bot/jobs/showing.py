"""When the channel is shown what has become of a job. Pure arithmetic."""

from datetime import datetime, timedelta

PASSING_S = 2.0
"""How long a state that jobs pass through must last before it is shown, in seconds.

Nobody can read in less, and each edit is a call to Discord; besides, it would keep the
next one, of the state that lasts, waiting.
"""


def shown_if_it_lasts(at: datetime) -> datetime:
    """Return when the status message is to show a state that began at `at`.

    For `queued`, `submitting` and `delivering`, which most jobs leave within a second:
    who moves on before sets another date, and is shown in the next state at once.
    """
    return at + timedelta(seconds=PASSING_S)
