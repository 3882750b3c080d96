"""EvoLink's HTTP errors in its dialects. Nothing here knows why one is raised.

The pages of 2026 give `error.code` as a word, those of 2025 as the HTTP status, with
other types and a `fallback_suggestion`; the host of files has numbers of its own and no
`error`. Source: EvoLink docs.
"""

from typing import Any, Literal, Self

from sandbox.evolink.refusal_kinds import KINDS

Dialect = Literal["2026", "2025", "files"]


_USUAL = {
    400: "invalid_request",
    401: "unauthorized",
    402: "insufficient_quota",
    403: "model_access_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "idempotency_conflict",
    413: "request_too_large",
    429: "rate_limit_exceeded",
    500: "internal_error",
    502: "upstream_error",
    503: "service_unavailable",
}
_USUAL_FOR_FILES = {413: "40001", 500: "50001"}
_USUAL_FOR_TASKS = {402: "quota_exceeded", 403: "permission_denied"}


class Refusal(Exception):
    """A request that EvoLink answers with an error instead of what was asked."""

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        status: int | None = None,
        param: str | None = None,
    ) -> None:
        usual = KINDS.get(_USUAL.get(status or 500, "internal_error"))
        kind = KINDS.get(code) or usual or KINDS["internal_error"]
        super().__init__(message or kind.message)
        self.kind = kind
        self.code = code
        self.status = status or kind.status
        self.param = param

    @classmethod
    def of_status(
        cls, status: int, *, about_tasks: bool = False, dialect: Dialect = "2026"
    ) -> Self:
        """Return what EvoLink usually says with a status.

        The task query (`about_tasks`) and the host of files have words of their own
        for some of them.
        """
        special = _USUAL_FOR_TASKS if about_tasks else {}
        if dialect == "files":
            special = _USUAL_FOR_FILES
        code = special.get(status)
        return cls(code or _USUAL.get(status, "internal_error"), status=status)

    def body(self, dialect: Dialect, request_id: str) -> dict[str, Any]:
        """Return the JSON body.

        Faults of the gateway itself end in the request id, as the real ones do.
        """
        if dialect == "files":
            number = int(self.code) if self.code.isdecimal() else self.status
            return {"success": False, "code": number, "msg": str(self), "data": None}
        tail = f" (request id: {request_id})" if self.status >= 500 else ""  # noqa: PLR2004 - HTTP
        error: dict[str, Any] = {"message": f"{self}{tail}"}
        if dialect == "2026":
            error |= {"code": self.code, "type": self.kind.type, **self.kind.details}
        else:
            error |= {"code": self.status, "type": self.kind.old_type}
            if self.kind.suggestion is not None:
                error["fallback_suggestion"] = self.kind.suggestion
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}
