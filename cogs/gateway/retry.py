"""Retries calls to Discord with back-off, and heeds its Retry-After."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import discord
import structlog

from bot.errors import MessengerDown
from cogs.gateway.fault_log import described
from cogs.wire.discord_errors import WireError, messenger_error

log = structlog.get_logger(__name__)

FINAL = (
    discord.LoginFailure,
    discord.PrivilegedIntentsRequired,
    discord.ConnectionClosed,
)
"""What no further attempt changes. discord.py raises a closed connection only if so."""
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
LONGEST_WAIT_S = 24 * 3600.0
"""However long Discord tells us to wait: it may have been a mistake."""
_LASTED_S = 300.0
"""After a success of this length, the back-off starts again."""


async def until_answered(
    call: str, attempt: Callable[[], Awaitable[None]], *, over: Callable[[], bool]
) -> None:
    """Attempt something with back-off until it succeeds or cannot.

    Raises:
        discord.DiscordException: One of `FINAL`.
    """
    pause_s = FIRST_PAUSE_S
    while not over():
        began_s = time.monotonic()
        try:
            await attempt()
        except FINAL:
            raise
        except Exception as error:  # noqa: BLE001 - an answer may be anything
            if time.monotonic() - began_s > _LASTED_S:
                pause_s = FIRST_PAUSE_S
            wait_s, reason = _verdict(call, error, pause_s)
            until = datetime.now(UTC) + timedelta(seconds=wait_s)
            log.warning(
                "discord unreachable",
                reason=reason,
                next_try_in_s=round(wait_s, 1),
                next_try_at=until.isoformat(timespec="seconds"),
            )
            await asyncio.sleep(wait_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            return


def _verdict(call: str, error: Exception, pause_s: float) -> tuple[float, str]:
    """Return how long to wait, in seconds, and what to say why."""
    if isinstance(error, discord.GatewayNotFound):
        # discord.py hides behind it what Discord said.
        error = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if isinstance(error, discord.HTTPException) and (
        error.status == HTTPStatus.UNAUTHORIZED
    ):
        raise discord.LoginFailure(call) from None
    if not isinstance(error, (*WireError, discord.GatewayNotFound)):
        return pause_s, f"{call}: {described(error)}"
    ours = messenger_error(call, error)
    asked_s = ours.retry_after_s if isinstance(ours, MessengerDown) else None
    # Not `max`: what is no number is compared with nothing.
    if asked_s is not None and asked_s > pause_s:
        return min(asked_s, LONGEST_WAIT_S), str(ours)
    return pause_s, str(ours)
