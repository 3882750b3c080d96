"""Handles every request to the three hosts: record it, wait, apply faults, answer.

What a request wants is decided behind the door; errors become EvoLink's JSON here.
"""

import asyncio
import secrets
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.faults import AnswerLost, Fault, FaultBox
from sandbox.evolink.journal import RecordedRequest, visible
from sandbox.evolink.refusals import Dialect, Refusal

REQUEST_ID = "x-request-id"


class FrontDoor:
    """One host's door. The journal and the faults are lent by the stand-in."""

    def __init__(
        self,
        host: str,
        *,
        config: EvolinkConfig,
        clock: MovableClock,
        faults: FaultBox,
        journal: list[RecordedRequest],
    ) -> None:
        self._host = host
        self._config = config
        self._clock = clock
        self._faults = faults
        self._journal = journal

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer one request, errors and faults included."""
        entry = RecordedRequest(
            host=self._host,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=visible(request.headers),
            raw=b"",
            at=self._clock.now(),
        )
        self._journal.append(entry)
        begun = time.monotonic()
        request_id = secrets.token_hex(8)
        try:
            entry.raw = await request.read()
            if self._config.latency_s:
                await asyncio.sleep(self._config.latency_s)
            response = await self._respond(request, entry.raw, handler, request_id)
        except Refusal as refusal:
            response = self._refuse(refusal, request, request_id)
        except AnswerLost as lost:
            response = await self._play(lost.fault, request, request_id)
        except web.HTTPException as error:
            dialect = self._dialect(request)
            refused = Refusal.of_status(error.status, dialect=dialect)
            response = self._refuse(refused, request, request_id)
        if not response.prepared:
            response.headers[REQUEST_ID] = request_id
        transport = request.transport
        if transport is not None and not transport.is_closing():
            entry.status = response.status
            entry.answer = _words(response)
        entry.took_s = time.monotonic() - begun
        return response

    async def _respond(
        self, request: web.Request, body: bytes, handler: Handler, request_id: str
    ) -> web.StreamResponse:
        fault = self._faults.take(self._host, request.method, request.path, body)
        if fault is None:
            return await handler(request)
        if not fault.after_effect:
            await asyncio.sleep(fault.delay_s)
            if fault.answer is None:
                return await handler(request)
            return await self._play(fault, request, request_id)
        response = await handler(request)
        await asyncio.sleep(fault.delay_s)
        if fault.answer is None:
            return response
        return await self._play(fault, request, request_id)

    def _refuse(
        self, refusal: Refusal, request: web.Request, request_id: str
    ) -> web.StreamResponse:
        body = refusal.body(self._dialect(request), request_id)
        return web.json_response(body, status=refusal.status)

    async def _play(
        self, fault: Fault, request: web.Request, request_id: str
    ) -> web.StreamResponse:
        return await self._faults.play(
            fault, request, self._dialect(request), request_id
        )

    def _dialect(self, request: web.Request) -> Dialect:
        if self._host == "files":
            return "files"
        # The credits page has kept the numbers of 2025. EvoLink docs.
        is_credits = request.path == "/v1/credits"
        return "2025" if is_credits else self._config.dialect


def _words(response: web.StreamResponse) -> bytes:
    """Return the body of an answer that somebody could read."""
    is_file = response.content_type.startswith(("video/", "image/"))
    body = None if is_file else getattr(response, "body", None)
    return body if isinstance(body, bytes) else b""
