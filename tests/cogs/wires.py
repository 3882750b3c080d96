"""The way to Discord, for tests that do not count requests."""

from typing import Any

import discord

from cogs.wire.discord_wire import DiscordWire
from cogs.wire.servers import Servers
from tests.callbacks import ignored


def make_wire(client: discord.Client | None = None) -> DiscordWire:
    """Return the wire of a client, or of one that has logged in and reaches nobody."""
    return DiscordWire(client or _logged_in(), ignored)


def make_servers(client: discord.Client | None = None) -> Servers:
    """Return the servers of a client that was told of all that it is in."""
    known = client or _logged_in()
    return Servers(known, make_wire(known), knows=lambda _: True)


def _logged_in() -> discord.Client:
    client = discord.Client(intents=discord.Intents.none())
    state: Any = client._connection
    state.user = discord.Object(1)
    return client
