"""Discord's refusals in our words."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from bot import errors
from cogs.wire.discord_errors import messenger_error, on_the_wire
from cogs.wire.first_failure import DiscordFailed


class Answer:
    """What discord.py keeps of an HTTP answer."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.reason = "Reason"
        self.headers = headers or {}


def refusal(status: int, code: int, **headers: str) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = kinds.get(
        status, discord.DiscordServerError if status >= 500 else discord.HTTPException
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Any = Answer(status, named)
    return kind(answer, {"code": code, "message": "the prompt was: a secret fox"})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 10003, errors.PlaceGone),
        (404, 10004, errors.PlaceGone),
        (404, 10008, errors.MessageGone),
        (404, 10015, errors.TokenExpired),
        (404, 10062, errors.TokenExpired),
        (400, 40060, errors.TokenExpired),
        (401, 50027, errors.TokenExpired),
        (403, 50001, errors.PlaceForbidden),
        (403, 50013, errors.PlaceForbidden),
        (400, 50083, errors.PlaceForbidden),
        (400, 160002, errors.PlaceForbidden),
        (403, 99999, errors.PlaceForbidden),
        (403, 50005, errors.MessageGone),
        (400, 20009, errors.MessageBlocked),
        (400, 200000, errors.MessageBlocked),
        (400, 240000, errors.MessageBlocked),
        (413, 40005, errors.FileTooLarge),
        (413, 0, errors.FileTooLarge),
        (400, 50045, errors.FileTooLarge),
        (400, 400001, errors.FileTooLarge),
        (429, 0, errors.MessengerDown),
        (429, 30046, errors.MessengerDown),
        (401, 0, errors.MessengerDown),
        (403, 0, errors.MessengerDown),
        (403, 40333, errors.MessengerDown),
        (500, 0, errors.MessengerDown),
        (502, 0, errors.MessengerDown),
        (503, 0, errors.MessengerDown),
        (400, 50035, errors.MessengerError),
        (404, 0, errors.MessengerError),
        (404, 10025, errors.MessengerError),
        (405, 0, errors.MessengerError),
        (408, 0, errors.MessengerDown),
        (425, 0, errors.MessengerDown),
    ],
)
def test_every_refusal_has_our_name(
    status: int, code: int, kind: type[errors.MessengerError]
) -> None:
    error = messenger_error("post clip", refusal(status, code))

    assert isinstance(error, kind)
    if kind is errors.MessengerError:
        assert type(error) is kind
    assert str(error) == f"post clip: HTTP {status}, code {code}"


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError("cut off"),
        ConnectionResetError(104, "reset"),
        TimeoutError(),
        OSError("no route"),
    ],
)
def test_a_broken_connection_is_worth_another_try(error: Exception) -> None:
    assert isinstance(messenger_error("post clip", error), errors.MessengerDown)


def test_a_wait_that_discord_asks_for_is_passed_on() -> None:
    limited = messenger_error("edit status", refusal(429, 0, Retry_After="2.5"))
    long = messenger_error("edit status", discord.RateLimited(77.0))

    assert isinstance(limited, errors.MessengerDown)
    assert isinstance(long, errors.MessengerDown)
    assert (limited.retry_after_s, long.retry_after_s) == (2.5, 77.0)


@pytest.mark.parametrize("named", ["soon", "nan", "-1", "-inf", ""])
def test_an_unreadable_wait_is_none(named: str) -> None:
    limited = messenger_error("edit status", refusal(429, 0, Retry_After=named))

    assert isinstance(limited, errors.MessengerDown)
    assert limited.retry_after_s is None


@pytest.mark.parametrize("named", ["inf", "1e300", "9" * 30])
def test_no_wait_is_for_good(named: str) -> None:
    """A date so far away cannot be recorded either."""
    down = messenger_error("post clip", refusal(503, 0, Retry_After=named))

    assert isinstance(down, errors.MessengerDown)
    assert down.retry_after_s == 24 * 3600


async def test_a_call_that_hangs_is_given_up() -> None:
    with pytest.raises(errors.MessengerDown, match="post clip: TimeoutError"):
        async with on_the_wire("post clip", within_s=0.01):
            await asyncio.Event().wait()


async def test_what_is_not_discords_fault_is_not_called_so() -> None:
    with pytest.raises(ZeroDivisionError):
        async with on_the_wire("post clip", within_s=60):
            raise ZeroDivisionError


async def test_a_cancelled_call_stays_cancelled() -> None:
    async def call() -> None:
        async with on_the_wire("post clip", within_s=60):
            await asyncio.Event().wait()

    task = asyncio.create_task(call(), name="call")
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (refusal(400, 50035), True),
        (refusal(403, 50001), True),
        (refusal(429, 0), True),
        (discord.RateLimited(7.0), True),
        (DiscordFailed(429, 1.0, is_global=False), True),
        (DiscordFailed(502, None, is_global=False), False),
        (refusal(403, 40333), False),
        (refusal(408, 0), False),
        (refusal(503, 0), False),
        (refusal(500, 130000), False),
        (TimeoutError(), False),
        (ConnectionResetError(104, "reset"), False),
        (json.JSONDecodeError("no", "doc", 0), False),
    ],
    ids=repr,
)
def test_it_is_known_whether_discord_surely_did_nothing(
    error: Exception,
    refused: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Else the channel has to be searched before anything is posted again."""
    assert messenger_error("post clip", error).refused is refused
