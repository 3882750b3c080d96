"""Serves our endpoints over HTTP."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.config.addresses import listen_address
from bot.errors import StartupError

SHUTDOWN_S = 2.0
"""How long a request may still take at shutdown. The whole process has ten seconds."""

_STRANGERS_FAULTS = (HttpProcessingError, web.RequestPayloadError)
"""What aiohttp raises of a request that is none. A broken connection is not among
them: it may be one of ours, to the database."""


def _is_ours(record: logging.LogRecord) -> bool:
    """Return whether a record of aiohttp's is about a fault of ours.

    Else anybody who can reach us could fill the log with tracebacks.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, _STRANGERS_FAULTS)


@asynccontextmanager
async def serve_web(app: web.Application, listen: str) -> AsyncGenerator[str | None]:
    """Serve `app` while the block runs.

    Args:
        app: What to serve. It is closed at the end and cannot be served again.
        listen: HOST:PORT; port 0 = the system chooses; empty = serve nothing.

    Yields:
        The address really used, as http://HOST:PORT; None if nothing is served.

    Raises:
        StartupError: If the address cannot be had.
    """
    if not listen:
        yield None
        return
    host, port = listen_address(listen)
    log = logging.getLogger(__name__)
    log.addFilter(_is_ours)
    # No access log: it would show the tokens of callbacks.
    runner = web.AppRunner(
        app, access_log=None, logger=log, shutdown_timeout=SHUTDOWN_S
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            msg = (
                f"http.listen (CLAPPER_HTTP__LISTEN): {listen} cannot be used: {reason}"
            )
            raise StartupError(msg) from error
        bound_host, bound_port = runner.addresses[0][:2]
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        yield f"http://{shown}:{bound_port}"
    finally:
        await runner.cleanup()
