"""Tells the operator where this machine's clock is not the one that the others have.

Leases and due times are by the clocks of the machines.
"""

from bot.operations.ports import Operator
from bot.processes.ports import Processes
from bot.workers.worker import Worker

CHECK_EVERY_S = 15.0
WORTH_TELLING_S = 2.0
"""A lease lasts far longer than such a difference."""


class ClockWatch(Worker):
    """Tells of a clock once, and again when it was right in between."""

    name = "clock watch"

    def __init__(self, processes: Processes, operator: Operator, *, name: str) -> None:
        """Keep the parts; `name` is what people call this process."""
        super().__init__()
        self._processes = processes
        self._operator = operator
        self._name = name
        self._told = False

    async def run_once(self) -> float:
        """Compare our clock with the server's, as the last heartbeat has seen it."""
        ahead_s = self._processes.clock_ahead_s
        is_wrong = abs(ahead_s) > WORTH_TELLING_S
        if is_wrong and not self._told:
            await self._operator.tell(
                "clock-wrong", process=self._name, seconds=round(ahead_s)
            )
        self._told = is_wrong
        return CHECK_EVERY_S
