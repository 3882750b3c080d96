"""One HTTP request to EvoLink and its answer, whole or not at all.

Repeats nothing, follows no redirect, and knows nothing of tasks.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp
from pydantic import SecretStr
from pydantic_core import from_json
from yarl import URL

from bot.errors import EvolinkUnavailable, EvolinkUnsure, FilesUnavailable
from bot.evolink.answers import Answer, Body
from bot.evolink.calls import Call, CallKind
from bot.evolink.waits import http_date

CONNECT_TIMEOUT_S = 10.0
"""For a free connection and its handshake; shorter than any call's time, so that a
request that never left is not taken for one whose answer was lost."""
BODY_MAX_BYTES = 2**20
"""Fifty tasks are some 50 KB. More than this is no answer of this API."""


class Transport:
    """Puts our key on each request. The caller opens and closes the session.

    `timeouts_s` is for a whole exchange of each kind in seconds, from the search for a
    connection to the last byte of the answer.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        api_key: SecretStr,
        timeouts_s: Mapping[CallKind, float],
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeouts_s = timeouts_s

    async def ask(
        self,
        call: Call,
        *,
        json_body: Mapping[str, object] | None = None,
        form: aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one request and return the answer, whatever its status.

        Raises:
            EvolinkUnavailable: If nothing left this machine, or the answer to what is
                not paid for did not arrive; `FilesUnavailable` where it is about files.
            EvolinkUnsure: If a paid request may have left and its answer did not
                arrive whole.
        """
        paid = call.kind is CallKind.CREATE
        unavailable = FilesUnavailable if call.is_about_files else EvolinkUnavailable
        lost = EvolinkUnsure if paid else unavailable
        timeout_s = self._timeouts_s[call.kind]
        # Sorted and ASCII: the same request is the same bytes, as idempotency wants.
        data = form if json_body is None else json.dumps(json_body, sort_keys=True)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(call, data, headers or {})
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
        ) as error:
            msg = f"{call} did not leave: {type(error).__name__}"
            raise unavailable(msg) from error
        except TimeoutError as error:
            msg = f"{call} took longer than {timeout_s:g} s"
            raise lost(msg) from error
        except aiohttp.ClientResponseError:
            msg = f"{call} was answered with broken HTTP"
            # The cause would show our headers, and with them the key, to any log
            # that prints its repr.
            raise lost(msg) from None
        except (aiohttp.ClientError, OSError) as error:
            msg = f"{call} broke off: {type(error).__name__}"
            raise lost(msg) from error

    async def _exchange(
        self,
        call: Call,
        data: str | aiohttp.FormData | None,
        headers: Mapping[str, str],
    ) -> Answer:
        is_json = isinstance(data, str)
        content_type = {"Content-Type": "application/json"} if is_json else {}
        async with self._session.request(
            call.method,
            URL(self._base_url + call.path),
            data=data.encode("ascii") if isinstance(data, str) else data,
            headers={
                "Accept": "application/json",
                # A few KB at most, and no archive bombs.
                "Accept-Encoding": "identity",
                **content_type,
                **headers,
                "Authorization": f"Bearer {self._api_key.get_secret_value()}",
            },
            timeout=aiohttp.ClientTimeout(connect=CONNECT_TIMEOUT_S),
            # Our key must not travel to wherever a redirect points.
            allow_redirects=False,
            raise_for_status=False,
        ) as response:
            body = await _read(response.content)
        told = response.headers
        return Answer(
            call=call,
            status=response.status,
            body=body,
            answered_at=http_date(told.get("Date")) or datetime.now(UTC),
            retry_after=told.get("Retry-After"),
            request_id=told.get("x-request-id") or told.get("x-oneapi-request-id"),
            replayed=told.get("Idempotency-Replayed", "").strip().lower() == "true",
        )


async def _read(content: aiohttp.StreamReader) -> object:
    """Return the JSON of a body, or `Body.UNREADABLE`."""
    received = bytearray()
    async for piece in content.iter_any():
        received += piece
        if len(received) > BODY_MAX_BYTES:
            return Body.UNREADABLE
    try:
        # Stricter than `json`: no NaN, no half surrogates that no database takes,
        # and a bound on nesting.
        body: object = from_json(bytes(received), allow_inf_nan=False)
    except ValueError:
        return Body.UNREADABLE
    return body
