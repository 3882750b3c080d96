"""How a task fails: EvoLink's codes, with a stranger's words.

The messages are of the kind a provider sends: several lines, ids inside, nothing that a
member of a Discord server should ever read. Source of the codes: EvoLink's docs, and
its own client for `rate_limited`.
"""

from collections.abc import Mapping
from typing import Any

MESSAGES: Mapping[str, str] = {
    "content_policy_violation": "Content policy violation.\nBlocked by safety filters.",
    "invalid_parameters": "Invalid parameters:\nprompt too long",
    "image_processing_error": "Image could not be read.\nUnsupported format: HEIC",
    "image_dimension_mismatch": "Image ratio does not match.\nExpected 16:9",
    "request_cancelled": "Request cancelled.\nThe connection was interrupted.",
    "generation_failed_no_content": "The model returned no content.\nTry again.",
    "service_error": "Internal service error.\nTraceback: worker-17 lost",
    "generation_timeout": "Generation timed out.\nUpstream took longer than 600 s.",
    "resource_exhausted": "Resources exhausted.\nNo GPU in pool b-3.",
    "quota_exceeded": "Quota exceeded.\nToo many concurrent tasks.",
    "service_unavailable": "Service unavailable.\nMaintenance.",
    "resource_not_found": "Resource not found.\nThe task has expired.",
    "rate_limited": "Rate limited.\nUpstream allows 5 requests a minute.",
    "unknown_error": "Unknown error.\nPlease contact support.",
}
"""Every documented code of a task, with its `error.message`."""

OTHER_MESSAGES: Mapping[str, str] = {
    "image_too_large": "Image too large.\nAt most 10 MB.",
    "image_download_failed": "Image could not be downloaded.\nHTTP 403",
    "model_unavailable": "Model unavailable.\nNo channel in group default.",
    "upstream_error": "Upstream error.\nxai: 502",
}
"""Codes that no page lists. EvoLink's clients know the last two, and that there are
several about pictures; how those are spelled is a guess."""


def error_object(code: str, message: str | None, request_id: str) -> dict[str, Any]:
    """Return a failed task's `error`. An undocumented code is passed on as it is."""
    usual = MESSAGES.get(code) or OTHER_MESSAGES.get(code)
    words = message or usual or "Something went wrong.\nNo details."
    return {
        "code": code,
        "message": f"{words}\n(request id: {request_id})",
        "type": "task_error",
    }
