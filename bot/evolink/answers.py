"""What came back over HTTP, and the complaint in it, whatever its dialect.

EvoLink's pages of 2026 give `error.code` as a word, those of 2025 as the HTTP status
with a `fallback_suggestion`; its gateway and its neighbours say it in other ways yet.
Nothing here knows what follows from a complaint.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from bot.evolink.calls import Call
from bot.evolink.wire import ComplaintWire, ErrorWire

_REQUEST_ID = re.compile(r"\(request id:\s*([^\s)]{1,64})\)", re.IGNORECASE)
_OK = range(200, 300)
_REFUSALS = range(400, 600)


class Body(Enum):
    """Stands for a body that is no JSON, or too large."""

    UNREADABLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, read to its end."""

    call: Call
    status: int
    body: object = field(repr=False)
    """The JSON, or `Body.UNREADABLE`."""
    answered_at: datetime
    """By the server's clock if it told it, else by ours; aware."""
    retry_after: str | None = None
    request_id: str | None = None
    replayed: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether the status says that we got what we asked for."""
        return self.status in _OK

    @property
    def is_readable(self) -> bool:
        """Whether the body is JSON."""
        return self.body is not Body.UNREADABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What EvoLink says is wrong. Every text is a stranger's, none is for display."""

    codes: tuple[str, ...]
    """Words that may name the reason, the likeliest first: `code`, then `type`."""
    status: int | None
    """The HTTP status as the body tells it."""
    words: str | None = field(repr=False)
    suggestion: str | None = field(repr=False)
    request_id: str | None
    reset_zone: str | None = field(repr=False)
    """Where a daily limit ends at midnight."""


def complaint_in(answer: Answer) -> Complaint | None:
    """Return what an answer complains of, or None if it holds no complaint.

    With a good status, only `error` or `success: false` is one.
    """
    if not isinstance(answer.body, dict):
        return None
    wire = ComplaintWire.model_validate(answer.body)
    if isinstance(wire.error, str):
        error = ErrorWire(code=wire.error, message=wire.error)
    elif wire.error is not None:
        error = wire.error
    elif wire.success is False or not (answer.is_ok or wire.is_silent):
        error = ErrorWire(code=wire.code, message=wire.message or wire.msg)
    else:
        return None
    return _complaint(error, wire.request_id)


def _complaint(error: ErrorWire, request_id: str | None) -> Complaint:
    number = _status(error.code)
    code = error.code if number is None else None
    at_the_end = _REQUEST_ID.search(error.message or "")
    return Complaint(
        codes=tuple(word for word in (code, error.type) if word),
        status=number,
        words=error.message,
        suggestion=error.fallback_suggestion or error.suggestion,
        request_id=error.request_id or request_id or (at_the_end and at_the_end[1]),
        reset_zone=error.reset_timezone,
    )


def _status(code: str | None) -> int | None:
    """Return a code of the 2025 dialect as a number."""
    if code is None or not re.fullmatch(r"[0-9]{3}", code):
        return None
    return int(code) if int(code) in _REFUSALS else None
