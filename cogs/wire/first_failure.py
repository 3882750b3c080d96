"""Stops discord.py from retrying messages itself: the first failure is raised.

discord.py retries a request up to four times, each on its own. Our workers retry too,
under a shared limit: while Discord fails, one of them probes. Only messages have such
workers; everything else is left to discord.py.
"""

import re
from http import HTTPStatus
from types import SimpleNamespace
from typing import NoReturn

import aiohttp

LONGEST_S = 24 * 3600.0
"""Longer waits are not believed: a wrong header must not stop us for good."""
LONGEST_FOR_MESSAGES_S = 3600.0
"""Where it may stop all messages."""
_REPEATED = (
    (re.compile(r"/channels/\d+/messages(/\d+)?$"), {429, 500, 502, 504, 524}),
    (re.compile(r"/webhooks/\d+/[^/]+/messages/@original$"), {429, *range(500, 600)}),
)
"""What discord.py repeats of messages. Source: its `HTTPClient.request` and
`AsyncWebhookAdapter.request`."""
_SENDS = frozenset({"POST", "PATCH"})


class DiscordFailed(ConnectionError):
    """Discord did not take a message, and said perhaps when it might."""

    def __init__(
        self, status: int, retry_after_s: float | None, *, is_global: bool
    ) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after_s = retry_after_s
        self.is_global = is_global


def seconds_in(text: str | None, *, longest_s: float = LONGEST_S) -> float | None:
    """Return the seconds that a Retry-After names; None if it holds anything else."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return min(seconds, longest_s) if seconds >= 0 else None


def first_failure() -> aiohttp.TraceConfig:
    """Return what discord.py's HTTP client is to be traced with."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_judge_message)
    return trace


def every_failure() -> aiohttp.TraceConfig:
    """As `first_failure`, for all that is asked and not for messages alone."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_judge_anything)
    return trace


async def _judge_anything(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    ended: aiohttp.TraceRequestEndParams,
) -> None:
    status = ended.response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        _fail(ended.response)


async def _judge_message(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    ended: aiohttp.TraceRequestEndParams,
) -> None:
    answer = ended.response
    if ended.method in _SENDS and any(
        answer.status in statuses and path.search(ended.url.path)
        for path, statuses in _REPEATED
    ):
        _fail(answer)


def _fail(answer: aiohttp.ClientResponse) -> NoReturn:
    answer.release()
    raise DiscordFailed(
        answer.status,
        seconds_in(answer.headers.get("Retry-After"), longest_s=LONGEST_FOR_MESSAGES_S),
        # Discord docs, "Rate Limits": the limit of the bot, or of its address.
        is_global=answer.headers.get("X-RateLimit-Global", "").lower() == "true",
    )
