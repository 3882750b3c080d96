"""The REST API's front: finds the endpoint, checks who asks and how, and records it.

Knows what can go wrong on the way, not what an endpoint does.
"""

import asyncio
import math
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from sandbox.discord.bodies import read_body
from sandbox.discord.calls import Answer, Call, Endpoint
from sandbox.discord.clock import Clock
from sandbox.discord.faults import Fault, Faults, Trouble
from sandbox.discord.rate_limits import (
    RateLimiter,
    Verdict,
    too_fast,
    too_fast_payload,
)
from sandbox.discord.refusals import ApiError, Refusal, form_error
from sandbox.discord.schema import RequestSchema
from sandbox.discord.traffic import RequestRecord, Traffic, Violation
from sandbox.discord.wire import json_text

_LOOK_AGAIN_S = 0.05
_BAD_GATEWAY, _TOO_MANY, _BROKEN = 502, 429, 500
_CLIENT_BUGS = frozenset({50006, 50035, 50109})
"""Refusals that no correct client ever meets."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_PAGE = (
    "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What every request has to pass."""

    token: str
    limiter: RateLimiter
    faults: Faults
    schema: RequestSchema | None


class Front:
    """Serves every path of the REST API."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        checks: Checks,
        traffic: Traffic,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._checks = checks
        self._traffic = traffic
        self._clock = clock
        self.crashes: list[Exception] = []
        """Errors of the stand-in itself. A test with any of these proves nothing."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, or not, if a fault says so."""
        path = "/" + request.match_info["path"]
        record = RequestRecord(
            method=request.method,
            path=path,
            query=request.query_string,
            named_bot="Authorization" in request.headers,
            at_s=self._clock.now_s(),
        )
        self._traffic.requests.append(record)
        began_s = time.monotonic()
        fault = self._checks.faults.take(request.method, path)
        try:
            return await self._answer(request, record, fault)
        finally:
            record.took_s = time.monotonic() - began_s

    async def _answer(
        self, request: web.Request, record: RequestRecord, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is None:
            return await self._obey(request, record)
        record.went_wrong = fault.trouble or str(fault.status or "slow")
        await asyncio.sleep(fault.delay_s)
        response: web.Response | None = None
        if fault.after_effect or (fault.status is None and fault.trouble is None):
            response = await self._obey(request, record)
        if fault.trouble in {Trouble.RESET, Trouble.HANG}:
            return await self._withhold(request, record, fault)
        if response is None:
            body = await read_body(request)
            record.body, record.uploads = body.json, body.uploads
        return self._faulty(record, fault) or response or web.Response(status=_BROKEN)

    async def _withhold(
        self, request: web.Request, record: RequestRecord, fault: Fault
    ) -> web.Response:
        """Give no answer, now or ever."""
        record.status = None
        while fault.trouble is Trouble.HANG and self._checks.faults.in_force(fault):
            if request.transport is None or request.transport.is_closing():
                break
            await self._checks.faults.until_changed(_LOOK_AGAIN_S)
        if request.transport is not None:
            connection = request.transport.get_extra_info("socket")
            if connection is not None:
                # Without lingering a close is a reset, as when a machine dies.
                connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
                )
            request.transport.abort()
        return web.Response()

    def _faulty(self, record: RequestRecord, fault: Fault) -> web.Response | None:
        """Return the answer that a fault puts in the place of the true one."""
        if fault.trouble is Trouble.HTML:
            record.status = fault.status or _BAD_GATEWAY
            headers = {}
            if fault.retry_after_s is not None:
                headers["Retry-After"] = str(math.ceil(fault.retry_after_s))
            return web.Response(
                status=record.status,
                text=_PAGE,
                content_type="text/html",
                headers=headers,
            )
        if fault.garble is not None:
            garbled = fault.garble(record.answer)
            return self._response(record, record.status or _BROKEN, garbled, {})
        if fault.status is None:
            return None
        if fault.status == _TOO_MANY:
            verdict = too_fast(fault.retry_after_s or 1.0, is_global=False)
            return self._refused_as_too_fast(record, verdict)
        error = ApiError(fault.status, fault.code, fault.message)
        return self._response(record, error.status, error.payload(), {})

    async def _obey(self, request: web.Request, record: RequestRecord) -> web.Response:
        headers: dict[str, str] = {}
        try:
            endpoint, params = self._endpoint(record)
            if not endpoint.by_token_in_path:
                self._check_token(request)
            verdict = self._checks.limiter.judge(
                endpoint.bucket,
                endpoint.major(params),
                counts_globally=not endpoint.by_token_in_path,
            )
            headers |= verdict.headers
            body = await read_body(request)
            record.body, record.uploads = body.json, body.uploads
            if verdict.retry_after_s is not None:
                return self._refused_as_too_fast(record, verdict)
            self._check_schema(record)
            call = Call(
                params=params,
                query=request.query,
                body=body.json,
                uploads=body.uploads,
            )
            answer = endpoint.respond(call)
        except ApiError as error:
            self._note_client_bug(record, error)
            return self._response(record, error.status, error.payload(), headers)
        except OSError:
            raise  # the client went away in the middle of its request
        except Exception as error:  # noqa: BLE001 - kept, and raised at the end
            self.crashes.append(error)
            answer = Answer(status=_BROKEN, body={"message": repr(error), "code": 0})
        return self._response(record, answer.status, answer.body, headers)

    def _endpoint(self, record: RequestRecord) -> tuple[Endpoint, dict[str, str]]:
        known = False
        for endpoint in self._endpoints:
            params = endpoint.match(record.path)
            if params is not None and endpoint.method == record.method:
                return endpoint, params
            known = known or params is not None
        refusal = Refusal.METHOD_NOT_ALLOWED if known else Refusal.NOT_FOUND
        raise refusal.error()

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self._checks.token}":
            raise Refusal.UNAUTHORIZED.error()

    def _check_schema(self, record: RequestRecord) -> None:
        if self._checks.schema is None or record.body is None:
            return
        fault = self._checks.schema.fault(record.method, record.path, record.body)
        if fault is not None:
            raise form_error(fault.path, "SCHEMA", fault.message)

    def _note_client_bug(self, record: RequestRecord, error: ApiError) -> None:
        if error.code not in _CLIENT_BUGS:
            return
        for where, message in _leaves(error.errors or {}) or [("", error.message)]:
            violation = Violation(
                method=record.method, path=record.path, where=where, message=message
            )
            self._traffic.violations.append(violation)

    def _refused_as_too_fast(
        self, record: RequestRecord, verdict: Verdict
    ) -> web.Response:
        payload = too_fast_payload(verdict)
        return self._response(record, _TOO_MANY, payload, dict(verdict.headers))

    def _response(
        self, record: RequestRecord, status: int, body: object, headers: dict[str, str]
    ) -> web.Response:
        record.status, record.answer = status, body
        if body is None:
            return web.Response(status=status, headers=headers)
        # The type must be exactly this, without a charset: clients compare it.
        headers["Content-Type"] = "application/json"
        text = json_text(body)
        return web.Response(status=status, body=text.encode(), headers=headers)


def _leaves(tree: object, where: str = "") -> list[tuple[str, str]]:
    """Return the places and words in a nested tree of form errors."""
    found: list[tuple[str, str]] = []
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if key == "_errors":
            found += [(where.strip("."), one["message"]) for one in value]
        else:
            found += _leaves(value, f"{where}.{key}")
    return found
