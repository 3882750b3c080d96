"""What an answer that is not what we asked for means, as one of our errors.

A code that EvoLink or its own client documents decides first, whatever the HTTP status;
then the status does. About a paid request nothing is called refused that might have
been accepted.
"""

from http import HTTPStatus

from bot.errors import (
    AccountFault,
    AccountRefused,
    ContentRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    NoSuchEndpoint,
    PictureRefused,
    RateLimited,
    RequestRefused,
    TaskUnknown,
)
from bot.evolink.answers import Answer, Complaint, complaint_in
from bot.evolink.calls import CallKind
from bot.evolink.codes import Reason, account_fault, reason_for
from bot.evolink.file_errors import file_error_type
from bot.evolink.redaction import Redactor
from bot.evolink.waits import retry_after_s
from bot.servers.zones import known_zone


def error_for(answer: Answer, redactor: Redactor) -> EvolinkError:
    """Return the error that this answer is, for its caller to raise.

    Call it only with an answer that is not what was asked for: one of a bad status, or
    a good one whose body is of no use. The text names the call, the status, the code
    and the request id, and holds no other word of EvoLink's.
    """
    complaint = complaint_in(answer)
    if answer.call.is_about_files:
        error_type = file_error_type(answer, complaint, _known_reason(complaint))
    elif answer.call.kind is CallKind.CREATE:
        error_type = _of_paid(answer, complaint)
    else:
        error_type = _of_reading(answer, complaint)
    code = next(filter(None, map(redactor.token, _named(complaint))), None)
    request_id = redactor.token(answer.request_id) or (
        redactor.token(complaint.request_id) if complaint else None
    )
    message = _sentence(answer, code, request_id)
    if issubclass(error_type, RateLimited):
        return error_type(
            message,
            retry_after_s=retry_after_s(
                answer.retry_after,
                complaint.suggestion if complaint else None,
                answered_at=answer.answered_at,
            ),
            status=answer.status,
            code=code,
            request_id=request_id,
        )
    if issubclass(error_type, AccountRefused):
        zone = complaint.reset_zone if complaint else None
        return error_type(
            message,
            fault=_fault(answer, complaint),
            reset_zone=None if zone is None else known_zone(zone),
            replayed=answer.replayed,
            status=answer.status,
            code=code,
            request_id=request_id,
        )
    return error_type(message, status=answer.status, code=code, request_id=request_id)


def _fault(answer: Answer, complaint: Complaint | None) -> AccountFault:
    named = next(filter(None, map(account_fault, _named(complaint))), None)
    if named is not None:
        return named
    status = answer.status
    if answer.is_ok and complaint is not None:
        status = complaint.status or status
    if status == HTTPStatus.NOT_FOUND and complaint is None:
        # A page without a complaint is somebody else's.
        return AccountFault.ADDRESS
    if status == HTTPStatus.FORBIDDEN and answer.call.kind is not CallKind.CREATE:
        return AccountFault.KEY
    return _FAULT_BY_STATUS.get(status, AccountFault.KEY)


def _of_paid(answer: Answer, complaint: Complaint | None) -> type[EvolinkError]:
    by_reason = _PAID_BY_REASON.get(_known_reason(complaint))
    if by_reason is not None:
        return by_reason
    if answer.status in _PAID_UNKNOWN or answer.status not in _CLIENT_ERRORS:
        return EvolinkUnsure
    by_reason = _PAID_BY_REASON_OF_4XX.get(_known_reason(complaint))
    if by_reason is not None:
        return by_reason
    return _PAID_BY_STATUS.get(answer.status, RequestRefused)


def _of_reading(answer: Answer, complaint: Complaint | None) -> type[EvolinkError]:
    kind, status = answer.call.kind, answer.status
    reason = _known_reason(complaint)
    if reason is Reason.TASK and kind is not CallKind.CREDITS:
        return TaskUnknown
    by_reason = _READING_BY_REASON.get(reason)
    if by_reason is not None:
        return by_reason
    if answer.is_ok and complaint is not None:
        # A gateway may put the status of a refusal into the body of a 200.
        status = complaint.status or status
    by_status = (_READING_BY_STATUS | _BY_STATUS_OF_KIND[kind]).get(status)
    if by_status is TaskUnknown and complaint is None:
        # A page without a complaint is a proxy's: it says nothing about the task.
        return EvolinkConfused
    if by_status is None:
        return EvolinkUnavailable if status in _SERVER_ERRORS else EvolinkConfused
    return by_status


_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 1000)

_PAID_BY_REASON: dict[Reason | None, type[EvolinkError]] = {
    Reason.ACCOUNT: AccountRefused,
    Reason.CONTENT: ContentRefused,
    Reason.RATE: RateLimited,
    Reason.UNRESOLVED: EvolinkUnsure,
    # This request was not taken and never will be. That an earlier one under the same
    # key may have been is what the caller remembers of it.
    Reason.CONFLICT: RequestRefused,
}
_PAID_BY_REASON_OF_4XX: dict[Reason | None, type[EvolinkError]] = {
    Reason.DOWN: EvolinkUnavailable,
    Reason.PICTURE: PictureRefused,
}
_PAID_UNKNOWN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        # In the dialect of 2025 this may be `paid_outcome_unknown`, without the word.
        HTTPStatus.CONFLICT,
        # A proxy's word for "the connection was closed before I could answer".
        499,
    }
)
_PAID_BY_STATUS: dict[int, type[EvolinkError]] = {
    HTTPStatus.UNAUTHORIZED: AccountRefused,
    HTTPStatus.PAYMENT_REQUIRED: AccountRefused,
    HTTPStatus.FORBIDDEN: AccountRefused,
    # The model or the base URL is wrong: in any case the operator's configuration.
    HTTPStatus.NOT_FOUND: AccountRefused,
    HTTPStatus.METHOD_NOT_ALLOWED: AccountRefused,
    HTTPStatus.TOO_EARLY: EvolinkUnavailable,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
}

_FAULT_BY_STATUS: dict[int, AccountFault] = {
    HTTPStatus.UNAUTHORIZED: AccountFault.KEY,
    HTTPStatus.PAYMENT_REQUIRED: AccountFault.BALANCE,
    # Documented for models alone: 403 by both pages, 404 by that of 2025.
    HTTPStatus.FORBIDDEN: AccountFault.MODEL,
    HTTPStatus.NOT_FOUND: AccountFault.MODEL,
    HTTPStatus.METHOD_NOT_ALLOWED: AccountFault.ADDRESS,
}

_READING_BY_REASON: dict[Reason | None, type[EvolinkError]] = {
    Reason.ACCOUNT: AccountRefused,
    Reason.RATE: RateLimited,
    Reason.DOWN: EvolinkUnavailable,
}
_READING_BY_STATUS: dict[int, type[EvolinkError]] = {
    HTTPStatus.UNAUTHORIZED: AccountRefused,
    HTTPStatus.PAYMENT_REQUIRED: AccountRefused,
    HTTPStatus.REQUEST_TIMEOUT: EvolinkUnavailable,
    HTTPStatus.TOO_EARLY: EvolinkUnavailable,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
}
_BY_STATUS_OF_KIND: dict[CallKind, dict[int, type[EvolinkError]]] = {
    CallKind.TASK: {
        HTTPStatus.BAD_REQUEST: TaskUnknown,
        HTTPStatus.FORBIDDEN: TaskUnknown,
        HTTPStatus.NOT_FOUND: TaskUnknown,
        HTTPStatus.GONE: TaskUnknown,
    },
    # The batch call is undocumented. Where it is refused as such, single reads remain.
    CallKind.BATCH: dict.fromkeys(
        (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.NOT_IMPLEMENTED,
        ),
        NoSuchEndpoint,
    ),
    CallKind.CREDITS: {
        HTTPStatus.FORBIDDEN: AccountRefused,
        HTTPStatus.NOT_FOUND: NoSuchEndpoint,
        HTTPStatus.METHOD_NOT_ALLOWED: NoSuchEndpoint,
        HTTPStatus.NOT_IMPLEMENTED: NoSuchEndpoint,
    },
}


def _known_reason(complaint: Complaint | None) -> Reason | None:
    return next(filter(None, map(reason_for, _named(complaint))), None)


def _named(complaint: Complaint | None) -> tuple[str, ...]:
    return complaint.codes if complaint is not None else ()


def _sentence(answer: Answer, code: str | None, request_id: str | None) -> str:
    parts = [f"{answer.call} answered {answer.status}"]
    if code is not None:
        parts.append(code)
    elif not answer.is_readable:
        parts.append("with a body that is no JSON or too large")
    elif answer.is_ok:
        parts.append("without what was asked for")
    if request_id is not None:
        parts.append(f"(request id {request_id})")
    return " ".join(parts)
