"""The codes of EvoLink's HTTP errors that mean the same whatever the status.

Documented ones (EvoLink docs), and those that EvoLink's own client recognises.
"""

from collections.abc import Mapping
from enum import Enum, auto


class Reason(Enum):
    """What a known code says, whichever call it answers."""

    ACCOUNT = auto()
    CONTENT = auto()
    RATE = auto()
    TASK = auto()
    DOWN = auto()
    UNRESOLVED = auto()
    """An earlier attempt with the same key has not been decided."""
    CONFLICT = auto()
    """The key belongs to another request."""


CONTENT_CODES = frozenset(
    {
        "content_policy_violation",
        "content_filter",
        "sensitive_content",
        "moderation_blocked",
        "input_moderation_failed",
    }
)

_CODES: Mapping[Reason, frozenset[str]] = {
    Reason.ACCOUNT: frozenset(
        {
            "unauthorized",
            "authentication_error",
            "insufficient_quota",
            "insufficient_quota_error",
            "insufficient_user_quota",
            "quota_not_enough",
            "account_balance_insufficient",
            "insufficient_token_quota",
            "key_quota_exhausted",
            # Two that lapse at midnight: for today they are as final as the others.
            "token_daily_quota_exceeded",
            "key_daily_quota_exhausted",
            "key_disabled",
            "key_expired",
            "key_model_not_allowed",
            "user_disabled",
            "model_access_denied",
            "model_not_found",
        }
    ),
    Reason.CONTENT: CONTENT_CODES,
    Reason.RATE: frozenset({"rate_limit_exceeded", "rate_limit_error", "rate_limited"}),
    Reason.TASK: frozenset(
        {
            "invalid_task_id",
            "task_not_found",
            "resource_not_found",
            "permission_denied",
        }
    ),
    Reason.DOWN: frozenset(
        {
            "no_available_channel",
            "model_unavailable",
            "channel_selection_failed",
            "service_unavailable",
            "service_unavailable_error",
        }
    ),
    Reason.UNRESOLVED: frozenset({"paid_outcome_unknown"}),
    Reason.CONFLICT: frozenset({"idempotency_conflict"}),
}
"""`quota_exceeded` is missing on purpose: with 402 it means money, with 429 speed."""


def reason_for(code: str) -> Reason | None:
    """Return what a code says, or None if nobody documents it."""
    if code.startswith("channel:"):
        return Reason.DOWN
    return next((reason for reason, known in _CODES.items() if code in known), None)
