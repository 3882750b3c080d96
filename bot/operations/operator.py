"""Tells the operator what only the operator can fix: log, count, and channel.

Implements `bot.operations.ports.Operator`; the operator desk posts to the channel.
"""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.operations.ports import Outbox

log = structlog.get_logger(__name__)


class LoggedOperator:
    """Logs each event as an error, counts it, and keeps it for the channel."""

    def __init__(
        self,
        *,
        outbox: Outbox | None,
        clock: Clock,
        heard: Callable[[str], None],
        kept: Callable[[], None],
    ) -> None:
        """Keep where else events go.

        Args:
            outbox: Keeps them for the operator's channel; None = there is no such
                channel.
            clock: The time of day.
            heard: Is called with the name of each event, to count them.
            kept: Is called whenever there is something new for the channel.
        """
        self._outbox = outbox
        self._clock = clock
        self._heard = heard
        self._kept = kept

    async def tell(self, event: str, **values: object) -> None:
        """Log an event, and keep it for the channel. No secrets, no prompts."""
        log.error("operator needed", what=event, **values)
        self._heard(event)
        if self._outbox is None:
            return
        shown = {name: _shown(value) for name, value in values.items()}
        await self._outbox.put(event, shown, self._clock.now())
        self._kept()


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
