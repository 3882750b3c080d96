"""The codes of EvoLink's HTTP errors that mean the same whatever the status.

Documented ones (EvoLink docs), and those that EvoLink's own client recognises.
"""

from collections.abc import Mapping
from enum import Enum, auto

from bot.errors import AccountFault


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
    PICTURE = auto()
    """The picture that a clip should begin with is at fault."""
    FILE = auto()
    """The file is at fault."""
    FILES_FULL = auto()
    """The account holds as many files as it may."""


CONTENT_CODES = frozenset(
    {
        "content_policy_violation",
        "content_filter",
        "sensitive_content",
        "moderation_blocked",
        "input_moderation_failed",
    }
)

_ACCOUNT_FAULTS: Mapping[str, AccountFault] = {
    "unauthorized": AccountFault.KEY,
    "authentication_error": AccountFault.KEY,
    "insufficient_quota": AccountFault.BALANCE,
    "insufficient_quota_error": AccountFault.BALANCE,
    "insufficient_user_quota": AccountFault.BALANCE,
    "quota_not_enough": AccountFault.BALANCE,
    "account_balance_insufficient": AccountFault.BALANCE,
    # The credits call tells how much the key may still spend in all, so these two end
    # like an empty account.
    "insufficient_token_quota": AccountFault.BALANCE,
    "key_quota_exhausted": AccountFault.BALANCE,
    "token_daily_quota_exceeded": AccountFault.DAILY_LIMIT,
    "key_daily_quota_exhausted": AccountFault.DAILY_LIMIT,
    "key_disabled": AccountFault.KEY,
    "key_expired": AccountFault.KEY,
    "user_disabled": AccountFault.KEY,
    "key_model_not_allowed": AccountFault.MODEL,
    "model_access_denied": AccountFault.MODEL,
    "model_not_found": AccountFault.MODEL,
}

_CODES: Mapping[Reason, frozenset[str]] = {
    Reason.ACCOUNT: frozenset(_ACCOUNT_FAULTS),
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
            # The host of files, of a fault of its own.
            "50001",
        }
    ),
    Reason.UNRESOLVED: frozenset({"paid_outcome_unknown"}),
    Reason.CONFLICT: frozenset({"idempotency_conflict"}),
    # The host of files: too large, not of a kind that it takes, an address of a file
    # that it could not fetch.
    Reason.FILE: frozenset({"40001", "40002", "40004"}),
    Reason.FILES_FULL: frozenset({"40003"}),
}
"""`quota_exceeded` is missing on purpose: with 402 it means money, with 429 speed."""

_BEGINNINGS: Mapping[str, Reason] = {
    "channel:": Reason.DOWN,
    # EvoLink's pages name two of several.
    "image_": Reason.PICTURE,
}


def reason_for(code: str) -> Reason | None:
    """Return what a code says, or None if nobody documents it."""
    for beginning, reason in _BEGINNINGS.items():
        if code.startswith(beginning):
            return reason
    return next((reason for reason, known in _CODES.items() if code in known), None)


def account_fault(code: str) -> AccountFault | None:
    """Return what of the account a code is about, or None if it is about nothing."""
    return _ACCOUNT_FAULTS.get(code)
