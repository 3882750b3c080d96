"""What came of a request, as its service's limit wants to hear it."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TypeVar

from bot.errors import (
    AccountRefused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    FetchError,
    FetchUnavailable,
    MessengerDown,
    MessengerError,
    RateLimited,
)
from bot.workers.service_limit import Call

T = TypeVar("T")


def noted(call: Call, ask: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """Return a request to Discord that tells the limit how it ended."""

    async def asked() -> T:
        with noting_discord(call):
            return await ask()

    return asked


def noted_search(
    call: Call, search: Callable[[], Awaitable[T]]
) -> Callable[[], Awaitable[T]]:
    """Return a search that tells the limit of failures only.

    That Discord can be read from does not prove that it takes what is posted next.
    """

    async def searched() -> T:
        try:
            return await search()
        except MessengerError as error:
            note_discord(call, error)
            raise

    return searched


@contextmanager
def noting_discord(call: Call) -> Generator[None]:
    """Tell the limit how a request to Discord ended. The error goes on."""
    try:
        yield
    except MessengerError as error:
        note_discord(call, error)
        raise
    else:
        note_discord(call, None)


def note_discord(call: Call, error: MessengerError | None) -> None:
    """Tell the limit how a request to Discord ended; None = well.

    A 429 is that of the channel's own bucket, and concerns nobody else; one that
    Discord calls global is everybody's. A token that is refused is everybody's too.
    """
    match error:
        case MessengerDown(status=HTTPStatus.TOO_MANY_REQUESTS):
            if error.is_global and error.retry_after_s is not None:
                call.endpoint.service.hold(error.retry_after_s)
            call.throttled(error.retry_after_s)
        case MessengerDown():
            call.failed(str(error), silent=error.status is None)
        case _:
            call.answered()


def note_evolink(call: Call, error: EvolinkError | None) -> None:
    """Tell the limit how a request to EvoLink ended; None = well.

    EvoLink limits how often an account asks, each kind of request by itself: a 429
    proves that it lives, and holds back all requests of the kind, whatever they are
    about. So does a key that is refused.
    """
    match error:
        case RateLimited():
            if error.retry_after_s is not None:
                call.endpoint.hold(error.retry_after_s)
            call.throttled(None)
        case AccountRefused():
            call.failed(str(error))
        case EvolinkUnavailable() | EvolinkUnsure() if _is_down(error.status):
            call.failed(str(error), silent=error.status is None)
        case _:
            call.answered()


@contextmanager
def noting_download(call: Call) -> Generator[None]:
    """Tell the limit how a download ended. The error goes on."""
    try:
        yield
    except FetchUnavailable as error:
        if error.answered:
            call.answered()
        else:
            call.failed(str(error))
        raise
    except FetchError:
        call.answered()
        raise
    else:
        call.answered()


def _is_down(status: int | None) -> bool:
    return status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR
