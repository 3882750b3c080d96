"""Where Discord is: its REST API and its gateway, or something that stands before them.

discord.py has no setting for either. Its REST base is one for the whole process; its
gateway is changed for one client alone, at the one method that all connections take.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

CONNECT_WITHIN_S = 20.0


@contextmanager
def rest_base(url: str) -> Iterator[None]:
    """Send all REST requests of this process to `url`, until the block ends.

    Interaction answers and webhooks go there too. `url` ends in the version, as
    https://discord.com/api/v10 does.
    """
    before = Route.BASE
    Route.BASE = url.rstrip("/")
    try:
        yield
    finally:
        Route.BASE = before


class GatewayRoute:
    """Decides to which address each gateway connection of one client goes.

    With a fixed address every connection goes there, resumes included. Without one, the
    address that `/gateway/bot` named also serves where discord.py would fall back to
    the real Discord (a session that cannot be resumed): a REST base that is not
    Discord's has a gateway that is not Discord's either.
    """

    def __init__(
        self,
        client: discord.Client,
        fixed_url: str | None,
        *,
        limits_told: Callable[[object], None],
    ) -> None:
        """Take over where a client connects to.

        Args:
            client: The client.
            fixed_url: The address of every connection, if it is given.
            limits_told: Called with how many sessions Discord still allows.
        """
        self._limits_told = limits_told
        self._fixed = None if fixed_url is None else yarl.URL(fixed_url)
        self._named: yarl.URL | None = None
        self._http = client.http
        self._connect = self._http.ws_connect
        self._ask = self._http.get_bot_gateway
        # No subclass would do: discord.py makes its HTTP client itself.
        self._http.ws_connect = self._connect_there  # type: ignore[method-assign]
        self._http.get_bot_gateway = self._remember  # type: ignore[method-assign]

    def address(self, url: str) -> str:
        """Return where to connect to when discord.py would connect to `url`."""
        asked = yarl.URL(url)
        there = self._fixed
        if there is None and asked.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            there = self._named
        return url if there is None else str(there.update_query(asked.query))

    async def _connect_there(
        self, url: str, *, compress: int = 0
    ) -> aiohttp.ClientWebSocketResponse:
        # A network that takes nothing and says nothing would hold us up for longer.
        async with asyncio.timeout(CONNECT_WITHIN_S):
            return await self._connect(self.address(url), compress=compress)

    async def _remember(self) -> tuple[int, str, Any]:
        shards, url, limits = await self._ask()
        self._named = yarl.URL(url)
        self._limits_told(limits)
        return shards, url, limits
