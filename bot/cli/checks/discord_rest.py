"""Reading a few things from Discord's REST interface. One call, one request."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot import __version__
from bot.cli.checks.network import unreached
from bot.config import Discord

TIMEOUT_S = 15.0
USER_AGENT = f"DiscordBot (clapper, {__version__})"
"""Discord docs, "User Agent": requests without one of this form may be blocked."""


class Unanswered(Exception):
    """Discord did not give what was asked for. The text is the end of a sentence."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class DiscordReader:
    """Asks Discord with the bot's token, and changes nothing."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Discord) -> "AsyncGenerator[DiscordReader]":
        """Open the connections, and close them at the end of the block."""
        headers = {
            "Authorization": f"Bot {settings.token.get_secret_value()}",
            "User-Agent": USER_AGENT,
        }
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            yield cls(session, settings.api_base)

    async def read(self, path: str) -> Any:  # noqa: ANN401 - whatever Discord says
        """Return what stands at a path.

        Raises:
            Unanswered: If it is not a 200 with JSON.
        """
        try:
            # Our token stays with the address that the operator named.
            async with self._session.get(
                f"{self._base}{path}", allow_redirects=False
            ) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's own word
                    reason = f"answers {answer.status}"
                    raise Unanswered(reason, answer.status)
                return await answer.json(content_type=None)
        except TimeoutError as error:
            reason = f"does not answer within {TIMEOUT_S:g} s"
            raise Unanswered(reason) from error
        except aiohttp.ClientError as error:
            reason = unreached(error) or "answers with broken HTTP"
            raise Unanswered(reason) from error
        except ValueError as error:
            reason = "answers with something else than JSON"
            raise Unanswered(reason) from error
