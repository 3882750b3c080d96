"""Lets requests lapse that no moderator has decided on for a day."""

from bot.moderation.review import Review
from bot.workers.worker import Worker

PAUSE_S = 60.0


class ReviewClock(Worker):
    """Looks every minute."""

    name = "review clock"

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review

    async def look(self) -> float:
        """Let lapse what has waited for too long."""
        await self._review.lapse()
        return PAUSE_S
