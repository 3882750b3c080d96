"""Who sees in a server what videos cost."""

from enum import StrEnum


class PricesShown(StrEnum):
    """The choices of `/quota prices`."""

    NOBODY = "nobody"
    """Members see videos; admins see credits in reports alone."""
    ADMINS = "admins"
    """Whoever manages the server sees credits in answers that nobody else sees."""
    EVERYONE = "everyone"
    """Status messages and clips say it, too."""


def sees_prices(shown: PricesShown, *, is_manager: bool) -> bool:
    """Return whether somebody sees credits in an answer of their own."""
    return shown is PricesShown.EVERYONE or (shown is PricesShown.ADMINS and is_manager)
