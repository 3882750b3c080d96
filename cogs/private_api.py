"""All uses of discord.py's private API, where it offers no setting. For 2.7.

No other module of cogs uses a private name of a library. Each use has a test in
`tests/cogs/test_private_api.py` that fails when the library changes it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import aiohttp
import discord
import discord.utils
import yarl
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import Shard

LAUNCH_WITHIN_S = 60.0
"""From the first packet to Discord's greeting and our answer to it."""
CLOSE_WITHIN_S = 1.0
_MAX_EXPONENT = 5
"""discord.py waits up to 2 to the power of this, in seconds: 32, and not 17 minutes."""

Frame: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[Frame], Awaitable[None]]
Poll: TypeAlias = Callable[[], Awaitable[None]]

ConnectionEnded = (
    ReconnectWebSocket,
    discord.ConnectionClosed,
    discord.HTTPException,
    discord.GatewayNotFound,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
)
"""What discord.py itself answers by connecting again, or takes for final."""


@contextmanager
def json_read_by(read_json: Callable[[str], Any]) -> Iterator[None]:
    """Let discord.py read all JSON by a function of ours, until the block ends.

    With orjson it fails on half a surrogate pair, at the gateway and over REST. What
    has been read already passes through, so that no frame is read twice.
    """
    before = discord.utils._from_json  # noqa: SLF001

    def read(text: Any) -> Any:  # noqa: ANN401 - JSON
        return text if isinstance(text, dict) else read_json(text)

    discord.utils._from_json = read  # noqa: SLF001
    try:
        yield
    finally:
        discord.utils._from_json = before  # noqa: SLF001


def on_connection(
    client: discord.Client, prepare: Callable[[DiscordWebSocket], None]
) -> None:
    """Have each new connection of a client prepared before anything is received."""
    state = client._connection  # noqa: SLF001
    before = state._update_references  # noqa: SLF001

    def update(ws: DiscordWebSocket) -> None:
        before(ws)
        prepare(ws)

    state._update_references = update  # type: ignore[method-assign]  # noqa: SLF001


def unpacked(ws: DiscordWebSocket, message: Any) -> str | None:  # noqa: ANN401 - its own
    """Return the text of what came; None while more of it is to come.

    Raises:
        Exception: Whatever zlib or zstd say of a stream that is broken. None of what
            follows can be read either.
    """
    if isinstance(message, bytes):
        return ws._decompressor.decompress(message)  # noqa: SLF001
    return str(message)


def is_greeted(ws: DiscordWebSocket) -> bool:
    """Return whether a connection has had its HELLO."""
    return ws._keep_alive is not None  # noqa: SLF001


def wrap(
    ws: DiscordWebSocket,
    *,
    received: Callable[[Any, Receive], Awaitable[None]],
    polled: Callable[[Poll], Awaitable[None]],
) -> None:
    """Put something around how a connection takes in a message, and waits for one.

    The connection also measures its latency from when a heartbeat leaves. discord.py
    does so from when its thread hears of that, which may be after the answer: then it
    logs with each heartbeat that it cannot keep up.
    """
    receive, poll, beat = ws.received_message, ws.poll_event, ws.send_heartbeat
    identify = ws.identify

    async def received_message(message: Any, /) -> None:  # noqa: ANN401 - its own
        await received(message, receive)

    async def poll_event() -> None:
        await polled(poll)

    async def send_heartbeat(data: Any) -> None:  # noqa: ANN401 - its own
        if ws._keep_alive is not None:  # noqa: SLF001
            ws._keep_alive._last_send = time.perf_counter()  # noqa: SLF001
        await beat(data)

    async def identify_or_hang_up() -> None:
        try:
            await identify()
        except BaseException:
            # discord.py would leave it open, with a thread that sends heartbeats.
            await hang_up(ws)
            raise

    ws.received_message = received_message  # type: ignore[method-assign]
    ws.poll_event = poll_event  # type: ignore[method-assign]
    ws.send_heartbeat = send_heartbeat  # type: ignore[method-assign]
    ws.identify = identify_or_hang_up  # type: ignore[method-assign]


async def hang_up(ws: DiscordWebSocket) -> None:
    """End a connection whose session may be resumed, whatever the other end does."""
    if ws._keep_alive is not None:  # noqa: SLF001
        ws._keep_alive.stop()  # noqa: SLF001
        ws._keep_alive = None  # noqa: SLF001
    with suppress(TimeoutError, *ConnectionEnded):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await ws.socket.close(code=4000)


async def launch(
    client: discord.AutoShardedClient,
    gateway: yarl.URL,
    shard_id: int,
    *,
    initial: bool,
) -> None:
    """Connect a shard once, and have it stay connected.

    discord.py's own `launch_shard` retries by recursion, until Python's stack
    overflows, and logs a traceback each time.

    Raises:
        Exception: Whatever went wrong.
    """
    connecting = DiscordWebSocket.from_client(
        client, initial=initial, gateway=gateway, shard_id=shard_id
    )
    ws = await asyncio.wait_for(connecting, timeout=LAUNCH_WITHIN_S)
    queue = client._AutoShardedClient__queue  # type: ignore[attr-defined]  # noqa: SLF001
    shard = Shard(ws, client, queue.put_nowait)
    shard._backoff = capped_backoff()  # noqa: SLF001
    client._AutoShardedClient__shards[shard_id] = shard  # type: ignore[attr-defined]  # noqa: SLF001
    shard.launch()


def capped_backoff() -> ExponentialBackoff[Any]:
    """Return what decides how long a shard waits before it connects again."""
    backoff: ExponentialBackoff[Any] = ExponentialBackoff()
    backoff._max = _MAX_EXPONENT  # noqa: SLF001
    return backoff


async def drop_shards(client: discord.AutoShardedClient) -> None:
    """End what is left of all connections, so that `connect` can begin again.

    It asks then for the number of shards, and for the gateway's address.
    """
    shards = dict(client._AutoShardedClient__shards)  # type: ignore[attr-defined]  # noqa: SLF001
    client._AutoShardedClient__shards.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    # What the old shards still have to say must reach nobody.
    client._AutoShardedClient__queue = asyncio.PriorityQueue()  # type: ignore[attr-defined]  # noqa: SLF001
    client.shard_count = None  # type: ignore[assignment]  # as before it asked
    for shard in shards.values():
        shard._cancel_task()  # noqa: SLF001
        await hang_up(shard.ws)


async def close_http(client: discord.Client) -> None:
    """Close the connections of a login that failed; the next opens its own."""
    await client.http.close()
    client.http.connector = discord.utils.MISSING


def session_of(client: discord.Client) -> dict[str, Any]:
    """Return what discord.py's adapter for interaction tokens sends with."""
    http: Any = client.http
    return {
        "session": http._HTTPClient__session,  # noqa: SLF001
        "proxy": http.proxy,
        "proxy_auth": http.proxy_auth,
    }


def note_answered(response: Any) -> None:  # noqa: ANN401 - of any client
    """Let an interaction know that it has been answered with a message.

    discord.py sends what follows as a follow-up then.
    """
    kind = discord.InteractionResponseType.channel_message
    response._response_type = kind  # noqa: SLF001


def without_voice() -> None:
    """Keep clients that never speak from warning that they cannot."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
