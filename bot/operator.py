"""Tells the operator what only the operator can mend, in the log."""

import structlog

log = structlog.get_logger(__name__)


class LoggedOperator:
    """Writes each event as an error line: what is told here needs a person."""

    async def tell(self, event: str, **values: object) -> None:
        """Log an event. `values` must hold no secret and no prompt."""
        log.error("operator needed", what=event, **values)
