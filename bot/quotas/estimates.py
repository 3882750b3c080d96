"""Estimates what a request will cost, from this account's own bills."""

from collections.abc import Sequence
from typing import Protocol

from bot.jobs.video import VideoRequest
from bot.quotas.prices import Bill, estimate

LOOKED_AT = 60
"""Bills of a model and a quality: with and without sound, and with pictures."""


class BillStore(Protocol):
    """Knows what was billed. Implemented in `storage.quotas.bills`."""

    async def latest(
        self, model: str, quality: str | None, at_most: int
    ) -> Sequence[Bill]:
        """Return the bills of the latest requests to a model, the newest first."""
        ...


class Estimates:
    """Estimates. Nothing is kept in memory: every process knows the same bills."""

    def __init__(self, bills: BillStore) -> None:
        self._bills = bills

    async def of(self, request: VideoRequest) -> float:
        """Return the credits that a request is expected to cost.

        Raises:
            StorageError: If the database does not say what was billed.
        """
        bills = await self._bills.latest(request.model, request.quality, LOOKED_AT)
        return estimate(request, bills)
