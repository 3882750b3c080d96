"""How long until EvoLink is asked about a task again: by its progress, or rarely.

Where callbacks arrive they bring the end sooner than any question could. Then polling
is only the net below them.
"""

from bot.jobs.cadence import TaskProgress, jittered, next_poll_s, next_sweep_s
from bot.pipeline.callback_trust import CallbackTrust


class PollSchedule:
    """The wait before the next question, with jitter."""

    def __init__(self, min_interval_s: float, trust: CallbackTrust) -> None:
        self._min_interval_s = min_interval_s
        self._trust = trust

    def wait_s(self, task: TaskProgress, *, has_callback: bool) -> float:
        """Return the seconds to wait, never fewer than the configured interval."""
        least_s = self._min_interval_s
        if has_callback and self._trust.works:
            return jittered(next_sweep_s(task), at_least_s=least_s)
        wait_s = next_poll_s(task, min_interval_s=least_s)
        return jittered(wait_s, at_least_s=least_s)
