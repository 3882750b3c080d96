"""Every sort of HTTP error that EvoLink sends, with its words. Source: EvoLink docs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalKind:
    """One sort of refusal, with its words in both dialects."""

    status: int
    type: str
    old_type: str
    message: str
    suggestion: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """Further members of `error`, in the dialect of 2026."""


_REQUEST = "invalid_request_error"


def _of_account(message: str, **details: Any) -> RefusalKind:  # noqa: ANN401 - JSON
    """Return a refusal of the account: they share status and type.

    Undocumented; what EvoLink's own client tells apart by their codes.
    """
    return RefusalKind(
        status=402,
        type="insufficient_quota",
        old_type="insufficient_quota_error",
        message=message,
        suggestion="https://evolink.ai/dashboard",
        details={"action_url": "https://evolink.ai/dashboard", **details},
    )


_KEY = {"limit_scope": "token", "key_name": "clapper"}
_DAILY = _KEY | {
    "daily_limit_credits": 100,
    "daily_used_credits": 100,
    "reset_timezone": "Asia/Shanghai",
}
_TOTAL = _KEY | {"total_limit_credits": 500, "remaining_credits": 0}


def _of_file(status: int, message: str) -> RefusalKind:
    """Return a refusal of the host of files, whose codes are numbers.

    No status is documented for them; the first three figures fit what they say.
    """
    return RefusalKind(status=status, type="", old_type="", message=message)


OF_FILES: Mapping[str, RefusalKind] = {
    "40001": _of_file(400, "File size exceeds the limit."),
    "40002": _of_file(400, "File type is not supported."),
    "40003": _of_file(400, "File quota exceeded."),
    "40004": _of_file(400, "The file could not be fetched from the URL."),
    "50001": _of_file(500, "Upload failed."),
}
"""What the host of files says."""

OF_ACCOUNT: Mapping[str, RefusalKind] = {
    "insufficient_user_quota": _of_account("Insufficient credits."),
    "quota_not_enough": _of_account("Insufficient credits."),
    "account_balance_insufficient": _of_account(
        "Insufficient credits.", estimated_credits=5, account_balance_credits=1
    ),
    "insufficient_token_quota": _of_account("Key limit reached.", **_TOTAL),
    "key_quota_exhausted": _of_account("Key limit reached.", **_TOTAL),
    "token_daily_quota_exceeded": _of_account("Daily limit reached.", **_DAILY),
    "key_daily_quota_exhausted": _of_account("Daily limit reached.", **_DAILY),
    "key_disabled": _of_account("The key is disabled.", **_KEY),
    "key_expired": _of_account("The key has expired.", **_KEY),
    "key_model_not_allowed": _of_account(
        "The key may not use this model.",
        allowed_models=["seedance-2.0-text-to-video"],
        **_KEY,
    ),
    "user_disabled": _of_account("The account is disabled."),
}
"""What EvoLink refuses until its customer changes something, whatever is ordered."""

KINDS: Mapping[str, RefusalKind] = {
    **OF_ACCOUNT,
    **OF_FILES,
    "invalid_request": RefusalKind(
        status=400, type=_REQUEST, old_type=_REQUEST, message="Invalid request."
    ),
    "invalid_task_id": RefusalKind(
        status=400,
        type=_REQUEST,
        old_type=_REQUEST,
        message="A task id begins with task-unified-.",
    ),
    "unauthorized": RefusalKind(
        status=401,
        type="authentication_error",
        old_type="authentication_error",
        message="Invalid or expired token.",
    ),
    "insufficient_quota": RefusalKind(
        status=402,
        type="insufficient_quota",
        old_type="insufficient_quota_error",
        message="Insufficient credits.",
        suggestion="https://evolink.ai/dashboard/billing",
    ),
    "quota_exceeded": RefusalKind(
        status=402,
        type="insufficient_quota",
        old_type="insufficient_quota_error",
        message="Quota exceeded.",
        suggestion="https://evolink.ai/dashboard/billing",
    ),
    "model_access_denied": RefusalKind(
        status=403,
        type=_REQUEST,
        old_type="permission_error",
        message="This token may not use the model.",
    ),
    "permission_denied": RefusalKind(
        status=403,
        type=_REQUEST,
        old_type="permission_error",
        message="This task belongs to somebody else.",
    ),
    "model_not_found": RefusalKind(
        status=404,
        type=_REQUEST,
        old_type="not_found_error",
        message="The model does not exist.",
        suggestion="grok-imagine-text-to-video",
    ),
    "task_not_found": RefusalKind(
        status=404, type=_REQUEST, old_type="not_found_error", message="Task not found."
    ),
    "not_found": RefusalKind(
        status=404, type=_REQUEST, old_type="not_found_error", message="No such page."
    ),
    "method_not_allowed": RefusalKind(
        status=405, type=_REQUEST, old_type=_REQUEST, message="Method not allowed."
    ),
    # EvoLink documents no status for these two; 409 fits what they say.
    "idempotency_conflict": RefusalKind(
        status=409,
        type=_REQUEST,
        old_type=_REQUEST,
        message="This idempotency key was used for another request.",
    ),
    "paid_outcome_unknown": RefusalKind(
        status=409,
        type="api_error",
        old_type="upstream_error",
        message="An earlier attempt with this key is unresolved.",
    ),
    "request_too_large": RefusalKind(
        status=413,
        type=_REQUEST,
        old_type="request_too_large_error",
        message="The request body is too large.",
    ),
    "rate_limit_exceeded": RefusalKind(
        status=429,
        type="rate_limit_error",
        old_type="rate_limit_error",
        message="Too many requests.",
        suggestion="retry after 60 seconds",
    ),
    "internal_error": RefusalKind(
        status=500,
        type="api_error",
        old_type="internal_server_error",
        message="Something broke on our side.",
    ),
    "upstream_error": RefusalKind(
        status=502,
        type="api_error",
        old_type="upstream_error",
        message="The provider behind the gateway is down.",
    ),
    "service_unavailable": RefusalKind(
        status=503,
        type="api_error",
        old_type="service_unavailable_error",
        message="Overloaded.",
        suggestion="retry after 30 seconds",
    ),
}
