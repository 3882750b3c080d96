"""Tells the operator what only the operator can fix: log, count, and channel.

Implements `bot.operations.ports.Operator`; the operator desk posts to the channel.
"""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.operations.good_news import GOOD_NEWS
from bot.operations.overview.ports import EventLog
from bot.operations.ports import Outbox

log = structlog.get_logger(__name__)


class LoggedOperator:
    """Logs each event, counts it, keeps it for channel and page."""

    def __init__(
        self,
        *,
        outbox: Outbox | None,
        history: EventLog,
        clock: Clock,
        heard: Callable[[str], None],
        kept: Callable[[], None],
    ) -> None:
        """Keep where else events go.

        Args:
            outbox: Keeps them for the operator's channel; None = there is no such
                channel.
            history: Keeps the latest of them for the operator's page.
            clock: The time of day.
            heard: Is called with the name of each event, to count them.
            kept: Is called whenever there is something new for the channel.
        """
        self._outbox = outbox
        self._history = history
        self._clock = clock
        self._heard = heard
        self._kept = kept

    async def tell(self, event: str, **values: object) -> None:
        """Log an event, and keep it for channel and page. No secrets, no prompts.

        It is an error in the log, unless it says that one is over.
        """
        if event in GOOD_NEWS:
            log.info("operator told", what=event, **values)
        else:
            log.error("operator needed", what=event, **values)
        self._heard(event)
        shown = {name: _shown(value) for name, value in values.items()}
        now = self._clock.now()
        if self._outbox is not None:
            await self._outbox.put(event, shown, now)
            self._kept()
        await self._history.note(event, shown, now)


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
