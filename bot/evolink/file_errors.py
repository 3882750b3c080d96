"""What an answer of the host of files means, where it is not what was asked for.

Its codes are documented, the HTTP statuses that go with them are not; whatever nobody
documents is taken for trouble of the host, not for a fault of the file or the key.
"""

from http import HTTPStatus

from bot.errors import (
    AccountRefused,
    EvolinkError,
    FilesFull,
    FilesRefused,
    FilesUnavailable,
    RateLimited,
)
from bot.evolink.answers import Answer, Complaint
from bot.evolink.codes import Reason


def file_error_type(
    answer: Answer, complaint: Complaint | None, reason: Reason | None
) -> type[EvolinkError]:
    """Return the error that an answer about a file is; `reason` is its code's."""
    by_reason = _BY_REASON.get(reason)
    if by_reason is not None:
        return by_reason
    status = answer.status
    if answer.is_ok and complaint is not None:
        status = complaint.status or status
    if complaint is None and status == HTTPStatus.BAD_REQUEST:
        # A page without a complaint is a proxy's: it says nothing about the file.
        return FilesUnavailable
    return _BY_STATUS.get(status, FilesUnavailable)


def is_gone(answer: Answer, complaint: Complaint | None) -> bool:
    """Return whether an answer to a deletion says that there is no such file."""
    if complaint is None:
        return False
    gone = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    return answer.status in gone or (answer.is_ok and complaint.status in gone)


_BY_REASON: dict[Reason | None, type[EvolinkError]] = {
    Reason.FILE: FilesRefused,
    Reason.FILES_FULL: FilesFull,
    Reason.CONTENT: FilesRefused,
    Reason.PICTURE: FilesRefused,
    Reason.ACCOUNT: AccountRefused,
    Reason.RATE: RateLimited,
    Reason.DOWN: FilesUnavailable,
}
_BY_STATUS: dict[int, type[EvolinkError]] = {
    HTTPStatus.BAD_REQUEST: FilesRefused,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: FilesRefused,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: FilesRefused,
    HTTPStatus.UNPROCESSABLE_ENTITY: FilesRefused,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
}
