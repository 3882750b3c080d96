"""The connections to EvoLink: how many, how long kept. Knows no key and no address."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp

import bot

CONNECTIONS = 32
"""At once, over all calls: 20 submits and 12 single reads under way."""
KEPT_ALIVE_S = 20.0
"""Shorter than what servers usually keep: on a connection that the other side has just
closed, a paid request would be lost in a way that looks as if it might have arrived."""
ADDRESS_KEPT_S = 60
"""How long a name's address is believed; a failover must not need a restart."""


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
    ) as session:
        # aiohttp would repeat a reading that broke off at once, unseen by whoever
        # counts failures; there is no public switch for it.
        session._retry_connection = False  # noqa: SLF001
        yield session
