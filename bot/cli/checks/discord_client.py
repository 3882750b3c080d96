"""Discord as `clapper check` asks it: logged in by discord.py, but not connected."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import discord

from bot.cli.checks.network import unreached
from bot.config import Discord
from cogs.gateway.frames import read_json
from cogs.private_api import json_read_by, without_voice
from cogs.wire.endpoints import rest_base
from cogs.wire.first_failure import DiscordFailed, every_failure

T = TypeVar("T")

TIMEOUT_S = 15.0


class Unanswered(Exception):
    """Discord did not give what was asked for. The text is the end of a sentence."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


@asynccontextmanager
async def open_client(settings: Discord) -> AsyncGenerator[discord.Client]:
    """Make a client for the address that is configured, and close it at the end.

    It repeats nothing that fails, and its log tells warnings only.
    """
    without_voice()
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        http_trace=every_failure(),
        max_ratelimit_timeout=TIMEOUT_S * 2,
    )
    with rest_base(settings.api_base), json_read_by(read_json), _quiet_log():
        try:
            yield client
        finally:
            await client.close()


async def answer(call: Callable[[], Awaitable[T]]) -> T:
    """Ask Discord, and return what it said.

    Raises:
        Unanswered: If that is not what was asked for.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await call()
    except TimeoutError as error:
        reason = f"does not answer within {TIMEOUT_S:g} s"
        raise Unanswered(reason) from error
    except (discord.HTTPException, DiscordFailed) as error:
        reason = f"answers {error.status}"
        raise Unanswered(reason, error.status) from error
    except discord.LoginFailure as error:
        reason = "refuses the token"
        raise Unanswered(reason, HTTPStatus.UNAUTHORIZED) from error
    except discord.DiscordException as error:
        # Such as a kind of channel that is newer than discord.py.
        reason = "answers with something that Clapper cannot read"
        raise Unanswered(reason) from error
    except aiohttp.ClientError as error:
        reason = unreached(error) or "answers with broken HTTP"
        raise Unanswered(reason) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # discord.py takes for granted what a page or another service does not have.
        reason = "answers with something else than JSON"
        raise Unanswered(reason) from error


@contextmanager
def _quiet_log() -> Generator[None]:
    log = logging.getLogger("discord")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)
