"""How much was made in the windows that limits go by."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Videos that count: reserved or settled, and not released."""

    day: int
    month: int
    at_once: int
    """Jobs from queued to delivering, now."""
    day_ends_at: datetime
    month_ends_at: datetime
