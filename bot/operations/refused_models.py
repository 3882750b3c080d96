"""Models that EvoLink refuses to this key, while it takes others."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.operations.ports import Operator

TELL_AGAIN_AFTER = timedelta(days=1)


class RefusedModels:
    """Tells the operator of each such model, once a day for as long as it lasts.

    What has been told is remembered by this process alone: a restart tells it again.
    """

    def __init__(self, operator: Operator, clock: Clock) -> None:
        self._operator = operator
        self._clock = clock
        self._told_at: dict[str, datetime] = {}

    async def note(self, model_id: str, reason: str) -> None:
        """Note that a paid request was refused for its model's sake."""
        now = self._clock.now()
        told_at = self._told_at.get(model_id)
        if told_at is None or now - told_at >= TELL_AGAIN_AFTER:
            # Before anything is awaited: of many refused at once, one tells.
            self._told_at[model_id] = now
            await self._operator.tell("model-refused", model=model_id, reason=reason)
