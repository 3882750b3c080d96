"""From EvoLink's task to our report. Past this module nobody sees its vocabulary."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog

from bot.evolink.codes import Reason, reason_for
from bot.evolink.redaction import Redactor
from bot.evolink.wire import CreditsWire, ErrorWire, TaskWire
from bot.ids import TaskId
from bot.jobs.failures import Failure, failure_from_evolink
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot, TaskStatus

log = structlog.get_logger(__name__)

_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
_URL_MAX_CHARS = 4096
_BELIEVABLE_S = 24 * 3600.0
_STRANGE_STATUSES_MAX = 50

_STATUSES: Mapping[str, TaskStatus] = {
    "pending": TaskStatus.RUNNING,
    "processing": TaskStatus.RUNNING,
    "completed": TaskStatus.COMPLETED,
    "failed": TaskStatus.FAILED,
    # Not in the documented list, but EvoLink's own client knows it.
    "cancelled": TaskStatus.CANCELLED,
    "canceled": TaskStatus.CANCELLED,
}
_BY_REASON: Mapping[Reason | None, Failure] = {
    Reason.CONTENT: Failure.CONTENT_POLICY_VIOLATION,
    Reason.PICTURE: Failure.PICTURE_REFUSED,
    Reason.RATE: Failure.RATE_LIMITED,
    Reason.DOWN: Failure.SERVICE_UNAVAILABLE,
    # The task was taken, so the account may pass: it is what it may use that is gone.
    Reason.ACCOUNT: Failure.QUOTA_EXCEEDED,
    Reason.TASK: Failure.RESOURCE_NOT_FOUND,
}
_OTHER_CODES: Mapping[str, Failure] = {
    "invalid_request": Failure.INVALID_PARAMETERS,
    "invalid_request_error": Failure.INVALID_PARAMETERS,
    "request_too_large_error": Failure.INVALID_PARAMETERS,
    "upstream_error": Failure.SERVICE_ERROR,
    "internal_error": Failure.SERVICE_ERROR,
    "internal_server_error": Failure.SERVICE_ERROR,
    "api_error": Failure.SERVICE_ERROR,
}
"""Codes of the HTTP layer that go with a status, which a task does not have."""


def task_id_in(text: str | None) -> TaskId | None:
    """Return a task id, or None unless it is fit to stand in a path and in a log.

    The prefix `task-unified-` is EvoLink's to check.
    """
    return TaskId(text) if text and _TASK_ID.fullmatch(text) else None


def acceptance(wire: TaskWire, *, model: str, replayed: bool) -> Accepted | None:
    """Return what a create call achieved, or None if the answer names no task.

    `model` is what was asked for, in case that the answer does not say.
    """
    task_id = task_id_in(wire.any_id)
    if task_id is None:
        return None
    used = wire.model if wire.model and _MODEL.fullmatch(wire.model) else model
    return Accepted(
        task_id=task_id,
        model=used,
        estimated_time_s=_estimated_time_s(wire),
        credits_reserved=_amount(wire.credits_reserved),
        replayed=replayed,
    )


def balance(wire: CreditsWire) -> Balance | None:
    """Return what may be spent: the account's credits, or fewer if the key has a limit.

    None if the answer tells neither. It is negative where the account is in debt.
    """
    limit = None if wire.key_is_unlimited else wire.of_key
    known = [amount for amount in (wire.of_account, limit) if amount is not None]
    return Balance(spendable=min(known)) if known else None


class TaskParser:
    """Makes reports of tasks, and logs what must not go further than the log.

    That is EvoLink's words on a failed task, and a status that nobody documents, the
    latter once for each.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._strange: set[str] = set()

    def report(self, wire: TaskWire) -> TaskSnapshot | None:
        """Return what a task's JSON says, or None if it names no task or no status."""
        task_id = task_id_in(wire.any_id)
        if task_id is None or wire.status is None:
            return None
        status = self._status(wire.status)
        failure = None
        if status in {TaskStatus.FAILED, TaskStatus.CANCELLED}:
            failure = self._failure(task_id, status, wire.error)
        completed = status is TaskStatus.COMPLETED
        return TaskSnapshot(
            task_id=task_id,
            status=status,
            progress=100 if completed else _percent(wire.progress),
            estimated_time_s=_estimated_time_s(wire),
            result_url=_result_url(wire) if completed else None,
            failure=failure,
            credits_used=_credits_used(wire),
        )

    def _status(self, text: str) -> TaskStatus:
        known = _STATUSES.get(text.strip().lower())
        if known is None and len(self._strange) < _STRANGE_STATUSES_MAX:
            name = self._redactor.token(text) or "unprintable"
            if name not in self._strange:
                self._strange.add(name)
                log.warning("unknown task status", status=name, taken_for="running")
        return known or TaskStatus.RUNNING

    def _failure(
        self, task_id: TaskId, status: TaskStatus, error: ErrorWire | str | None
    ) -> Failure:
        # A bare string may be a code or a sentence: it is tried as both.
        wire = ErrorWire(code=error, message=error) if isinstance(error, str) else error
        code = wire.code if wire else None
        log.info(
            "evolink task failed",
            task_id=task_id,
            status=status.value,
            code=self._redactor.token(code),
            words=self._redactor.words(wire.message if wire else None),
        )
        if status is TaskStatus.CANCELLED:
            return Failure.REQUEST_CANCELLED
        return _failure_for((code or "").strip().lower())


def _failure_for(code: str) -> Failure:
    """Return what a task's code says, or one of the HTTP layer in its place."""
    failure = failure_from_evolink(code)
    if failure is not Failure.UNKNOWN_ERROR:
        return failure
    by_reason = _BY_REASON.get(reason_for(code))
    if by_reason is not None:
        return by_reason
    return _OTHER_CODES.get(code, Failure.UNKNOWN_ERROR)


def _percent(progress: float | None) -> int:
    return int(min(max(progress or 0.0, 0.0), 100.0))


def _estimated_time_s(wire: TaskWire) -> float | None:
    seconds = _amount(wire.estimated_time)
    return seconds if seconds is not None and seconds <= _BELIEVABLE_S else None


def _credits_used(wire: TaskWire) -> float | None:
    used = _amount(wire.credits_used)
    return _amount(wire.cost) if used is None else used


def _amount(number: float | None) -> float | None:
    return number if number is not None and number >= 0 else None


def _result_url(wire: TaskWire) -> str | None:
    """Return the first usable address; whether it may be fetched, the fetcher says."""
    candidates = [*wire.results, *(one.video_url or "" for one in wire.result_data)]
    return next((url for url in map(str.strip, candidates) if is_address(url)), None)


def is_address(url: str) -> bool:
    """Return whether a text of EvoLink's can be an address; it is not asked."""
    if len(url) > _URL_MAX_CHARS or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
