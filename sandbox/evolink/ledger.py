"""The account's credits: reserved when a task is created, charged when it completes.

Kept in whole ten-thousandths of a credit, EvoLink's own unit, so that fractions add up.
"""

from typing import Any

_UNITS = 10_000


class Ledger:
    """One account. What is reserved is already missing from what remains."""

    def __init__(self, credits_held: float) -> None:
        self._remaining = round(credits_held * _UNITS)
        self._used = 0

    @property
    def remaining_credits(self) -> float:
        """Credits that can still be spent."""
        return self._remaining / _UNITS

    @property
    def used_credits(self) -> float:
        """Credits charged for completed tasks; reservations do not count."""
        return self._used / _UNITS

    def reserve(self, price: float) -> bool:
        """Set a price aside. Returns whether the account could pay it."""
        units = round(price * _UNITS)
        if units > self._remaining:
            return False
        self._remaining -= units
        return True

    def settle(self, reserved: float, charged: float) -> None:
        """End a reservation: `charged` is spent, the rest comes back."""
        units = round(charged * _UNITS)
        self._remaining += round(reserved * _UNITS) - units
        self._used += units

    def top_up(self, amount: float) -> None:
        """Add credits; a negative amount takes some away."""
        self._remaining += round(amount * _UNITS)

    def answer(self) -> dict[str, Any]:
        """Return the body of GET /v1/credits, for a key without a limit of its own."""
        sums = {
            "remaining_credits": self.remaining_credits,
            "used_credits": self.used_credits,
        }
        return {
            "success": True,
            "message": "",
            "data": {"token": sums | {"unlimited_credits": True}, "user": sums},
        }
