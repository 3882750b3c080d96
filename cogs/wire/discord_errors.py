"""Translates what discord.py raises into our `MessengerError` family, at one place.

discord.py lets errors of its HTTP client through (a reset connection, a time-out), so
this is the one module of the cogs that has to know them. What each number means:
Discord docs, "Opcodes and Status Codes".
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from types import MappingProxyType

import aiohttp
import discord

from bot.errors import (
    AnswerUnreadable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    TokenExpired,
)
from cogs.wire.first_failure import DiscordFailed, seconds_in


class AlreadyAnswered(TokenExpired):
    """The interaction has an answer, perhaps our own, of which the news was lost."""


_BY_CODE: Mapping[int, type[MessengerError]] = MappingProxyType(
    {
        10003: PlaceGone,  # unknown channel
        10004: PlaceGone,  # unknown server
        10008: MessageGone,  # unknown message
        10015: TokenExpired,  # unknown webhook: an interaction nobody answered
        10062: TokenExpired,  # unknown interaction: too late
        20009: MessageBlocked,  # explicit content
        20016: MessengerDown,  # slow mode
        20028: MessengerDown,  # the channel's limit of writing
        30046: MessengerDown,  # too many edits of an old message
        40005: FileTooLarge,  # request entity too large
        40060: AlreadyAnswered,
        40333: MessengerDown,  # an error inside Discord, in spite of its 403
        50001: PlaceForbidden,  # missing access
        50005: MessageGone,  # somebody else's message
        50008: PlaceForbidden,  # no text channel
        50013: PlaceForbidden,  # missing permissions
        50024: PlaceForbidden,  # not in this type of channel
        50027: TokenExpired,  # invalid webhook token: its 15 minutes are over
        50045: FileTooLarge,
        50083: PlaceForbidden,  # archived thread
        130000: MessengerDown,  # overloaded
        160002: PlaceForbidden,  # a reply without reading the history
        160005: PlaceForbidden,  # locked thread
        200000: MessageBlocked,  # AutoMod
        200001: MessageBlocked,  # AutoMod, the title
        240000: MessageBlocked,  # harmful links
        400001: FileTooLarge,  # uploads are limited in this server: a link may do
    }
)

_DONE_PERHAPS = frozenset({40333})
"""Codes of errors inside Discord, whatever their status."""
_UNDECIDED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
"""Statuses below 500 that say nothing about what became of a request."""

WireError = (
    discord.HTTPException,
    discord.RateLimited,
    aiohttp.ClientError,
    OSError,
    json.JSONDecodeError,
)
"""What a call of discord.py may raise because of Discord or of the way to it."""

DiscordError = (
    discord.HTTPException,
    discord.RateLimited,
    aiohttp.ClientError,
    ConnectionError,
    TimeoutError,
)
"""Those that speak of Discord wherever they arise. (A full disk is an OSError too.)"""


def messenger_error(call: str, error: BaseException) -> MessengerError:
    """Return our name for what happened to a call.

    The text is for the log: the call, the status, the code; never Discord's own words,
    which may repeat what we sent.
    """
    if isinstance(error, discord.RateLimited):
        return MessengerDown(
            f"{call}: rate limited",
            retry_after_s=error.retry_after,
            refused=True,
            status=HTTPStatus.TOO_MANY_REQUESTS,
        )
    if isinstance(error, discord.HTTPException):
        return _refusal(call, error)
    if isinstance(error, DiscordFailed):
        return MessengerDown(
            f"{call}: {error}",
            retry_after_s=error.retry_after_s,
            refused=error.status < HTTPStatus.INTERNAL_SERVER_ERROR,
            status=error.status,
            is_global=error.is_global,
        )
    if isinstance(error, json.JSONDecodeError):
        return AnswerUnreadable(f"{call}: no JSON")
    return MessengerDown(f"{call}: {type(error).__name__}")


@asynccontextmanager
async def on_the_wire(call: str, *, within_s: float) -> AsyncIterator[None]:
    """Give a call to Discord its time, and its errors our names.

    Raises:
        MessengerError: If the call failed or took longer than `within_s` seconds.
    """
    try:
        async with asyncio.timeout(within_s):
            yield
    except WireError as error:
        raise messenger_error(call, error) from error


def _refusal(call: str, error: discord.HTTPException) -> MessengerError:
    said = f"{call}: HTTP {error.status}, code {error.code}"
    kind = _BY_CODE.get(error.code)
    if kind is None:
        kind = _by_status(error)
    if kind is MessengerDown:
        undecided = (
            error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            or error.status in _UNDECIDED
            or error.code in _DONE_PERHAPS
        )
        return MessengerDown(
            said,
            retry_after_s=seconds_in(error.response.headers.get("Retry-After")),
            refused=not undecided,
            status=error.status,
        )
    return kind(said)


def _by_status(error: discord.HTTPException) -> type[MessengerError]:
    match error.status:
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return FileTooLarge
        case HTTPStatus.FORBIDDEN if error.code:
            return PlaceForbidden
        case (
            HTTPStatus.UNAUTHORIZED  # our token, which only the operator can change
            | HTTPStatus.FORBIDDEN  # without a code: something before Discord's API
            | HTTPStatus.TOO_MANY_REQUESTS
        ):
            return MessengerDown
        case status if status in _UNDECIDED:
            return MessengerDown
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return MessengerDown
        case _:
            return MessengerError
