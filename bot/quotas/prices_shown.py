"""Who sees what videos cost in a server."""

from enum import StrEnum


class PricesShown(StrEnum):
    """The choices of `/quota prices`."""

    NOBODY = "nobody"
    """Nobody sees credits, except admins in reports."""
    ADMINS = "admins"
    """Those who manage the server see credits in answers that nobody else sees."""
    EVERYONE = "everyone"
    """Status messages and clips say it, too."""


def sees_prices(shown: PricesShown, *, is_manager: bool) -> bool:
    """Return whether somebody sees credits in an answer of their own."""
    return shown is PricesShown.EVERYONE or (shown is PricesShown.ADMINS and is_manager)
