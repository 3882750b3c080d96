"""How long EvoLink asks us to wait: arithmetic on texts, without a clock."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 300.0
"""No request to wait is believed beyond this: a wrong one must not stop us for good."""

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SUGGESTION = re.compile(
    r"\bretry after (?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?P<unit>min)?",
    re.IGNORECASE,
)


def retry_after_s(
    header: str | None, suggestion: str | None, *, answered_at: datetime
) -> float | None:
    """Return for how many seconds to wait, 0 to 300, or None if no time was named.

    `header` is Retry-After: seconds or an HTTP date, which is compared with
    `answered_at`. Where it is missing or makes no sense, `suggestion` may hold "retry
    after 60 seconds" (EvoLink docs: `fallback_suggestion`, 2025).
    """
    wait_s = _from_header((header or "").strip(), answered_at)
    if wait_s is None:
        wait_s = _from_suggestion(suggestion or "")
    return None if wait_s is None else min(wait_s, LONGEST_S)


def http_date(text: str | None) -> datetime | None:
    """Return the time that a header names, aware, or None if it names none."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_header(text: str, answered_at: datetime) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = http_date(text)
    if moment is None:
        return None
    wait_s = (moment - answered_at).total_seconds()
    return wait_s if math.isfinite(wait_s) and wait_s >= 0 else None


def _from_suggestion(text: str) -> float | None:
    found = _SUGGESTION.search(text)
    if found is None:
        return None
    return float(found["number"]) * (60 if found["unit"] else 1)
