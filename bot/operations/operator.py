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
        outbox: Outbox | None = None,
        clock: Clock | None = None,
        heard: Callable[[str], None] = lambda _event: None,
    ) -> None:
        """Keep where else events go.

        Args:
            outbox: Keeps them for the operator's channel; None = there is no such
                channel. Needs the clock.
            clock: The time of day.
            heard: Is called with the name of each event, to count them.
        """
        self._outbox = outbox
        self._clock = clock
        self._heard = heard
        self._when_told: Callable[[], None] | None = None

    def when_told(self, call: Callable[[], None]) -> None:
        """Call this from now on whenever there is something for the channel."""
        self._when_told = call

    async def tell(self, event: str, **values: object) -> None:
        """Log an event, and keep it for the channel. No secrets, no prompts."""
        log.error("operator needed", what=event, **values)
        self._heard(event)
        if self._outbox is None or self._clock is None:
            return
        shown = {name: _shown(value) for name, value in values.items()}
        await self._outbox.put(event, shown, self._clock.now())
        if self._when_told is not None:
            self._when_told()


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
