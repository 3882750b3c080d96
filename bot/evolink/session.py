"""The connections to EvoLink: how many, how long kept. Knows no key and no address."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp

import bot

CONNECTIONS = 512
"""At once, over all calls. The workers' limits say how many ask; this is far above
them, so that requests that hang take no connection from others."""
KEPT_ALIVE_S = 20.0
"""Shorter than what servers usually keep: on a connection that the other side has just
closed, a paid request would be lost in a way that looks as if it might have arrived."""
ADDRESS_KEPT_S = 60
"""How long a name's address is believed; a failover must not need a restart."""


class ConnectionBroke(aiohttp.ClientConnectionError):
    """A connection ended before the answer was there."""


async def one_attempt(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Let a request fail at once where its connection ends.

    aiohttp would repeat a reading by itself then, unseen by the limits that count
    failures, and double what a service in trouble is asked.

    Raises:
        ConnectionBroke: If the connection ended before the answer was there.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise ConnectionBroke(type(error).__name__) from error


@asynccontextmanager
async def open_session() -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a session for EvoLink alone, and close it at the end of the block.

    It keeps no cookies, and takes no proxy and no credentials from the environment or
    from a .netrc file: our key goes where the configuration says and nowhere else.
    """
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS,
        keepalive_timeout=KEPT_ALIVE_S,
        ttl_dns_cache=ADDRESS_KEPT_S,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"Clapper/{bot.__version__}"},
        trust_env=False,
        middlewares=[one_attempt],
    ) as session:
        yield session
