"""Warns before a month's credits are used up: servers in their log, and the operator.

The ceilings themselves are kept where requests are decided on; nothing here stops one.
"""

import structlog

from bot.clock import Clock
from bot.operations.ports import Operator
from bot.processes.seats import Seat
from bot.quotas.ports import SpendStore
from bot.quotas.rules import QuotaRules
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

WARNING_SHARE = 0.8
PAUSE_S = 60.0


class SpendWatch(Worker):
    """Runs once a minute; finds nothing where there is neither ceiling nor limit."""

    name = "spend watch"
    seat = Seat.HOUSEKEEPING

    def __init__(
        self, spend: SpendStore, rules: QuotaRules, operator: Operator, clock: Clock
    ) -> None:
        super().__init__()
        self._spend = spend
        self._rules = rules
        self._operator = operator
        self._clock = clock

    async def run_once(self) -> float:
        """Give the warnings that are due."""
        now = self._clock.now()
        # Admins have set these limits; their log channel is told, and nobody else.
        await self._spend.warn_limited(WARNING_SHARE, now)
        ceiling = self._rules.server_credits_per_month
        if ceiling:
            warned = await self._spend.warn_servers(ceiling, WARNING_SHARE, now)
            for guild_id, share in warned.items():
                log.warning(
                    "server near its credit limit",
                    guild_id=guild_id,
                    percent=int(100 * share),
                )
        ceiling = self._rules.total_credits_per_month
        if ceiling:
            used = await self._spend.warn_operator(ceiling, WARNING_SHARE, now)
            if used is not None:
                await self._operator.tell("spend-warning", percent=int(100 * used))
        return PAUSE_S
