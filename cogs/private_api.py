"""All uses of discord.py's private API, where it offers no setting. For 2.7.

No other module of cogs uses a private name of a library. Each use has a test in
`tests/cogs/test_private_api.py` that fails when the library changes it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeAlias

import aiohttp
import discord
import discord.utils
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.processes.shards import GatewaySession

CLOSE_WITHIN_S = 1.0
RESUMABLE_CLOSE = 4000

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
    beginning: Callable[[], Awaitable[None]],
) -> None:
    """Put something around how a connection takes in a message, and waits for one.

    `beginning` is awaited before it begins a session or goes on with one; what that
    raises ends the connection.

    The connection also measures its latency from when a heartbeat leaves. discord.py
    does so from when its thread hears of that, which may be after the answer: then it
    logs with each heartbeat that it cannot keep up.
    """
    receive, poll, beat = ws.received_message, ws.poll_event, ws.send_heartbeat
    identify, resume = ws.identify, ws.resume

    async def received_message(message: Any, /) -> None:  # noqa: ANN401 - its own
        await received(message, receive)

    async def poll_event() -> None:
        await polled(poll)

    async def send_heartbeat(data: Any) -> None:  # noqa: ANN401 - its own
        if ws._keep_alive is not None:  # noqa: SLF001
            ws._keep_alive._last_send = time.perf_counter()  # noqa: SLF001
        await beat(data)

    async def begin_or_hang_up(begin: Callable[[], Awaitable[None]]) -> None:
        try:
            await beginning()
            await begin()
        except BaseException:
            # discord.py would leave it open, with a thread that sends heartbeats.
            await hang_up(ws)
            raise

    ws.received_message = received_message  # type: ignore[method-assign]
    ws.poll_event = poll_event  # type: ignore[method-assign]
    ws.send_heartbeat = send_heartbeat  # type: ignore[method-assign]
    ws.identify = partial(begin_or_hang_up, identify)  # type: ignore[method-assign]
    ws.resume = partial(begin_or_hang_up, resume)  # type: ignore[method-assign]


async def hang_up(ws: DiscordWebSocket, *, code: int = RESUMABLE_CLOSE) -> None:
    """End a connection, whatever the other end does.

    Its session may be resumed, unless the code is one that ends it too.
    """
    if ws._keep_alive is not None:  # noqa: SLF001
        ws._keep_alive.stop()  # noqa: SLF001
        ws._keep_alive = None  # noqa: SLF001
    with suppress(TimeoutError, *ConnectionEnded):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await ws.socket.close(code=code)


async def connect(
    client: discord.AutoShardedClient,
    shard_id: int,
    session: GatewaySession | None,
) -> DiscordWebSocket:
    """Connect a shard once: go on with a session, or begin one.

    Raises:
        Exception: Whatever went wrong.
    """
    if session is None:
        return await DiscordWebSocket.from_client(client, shard_id=shard_id)
    return await DiscordWebSocket.from_client(
        client,
        shard_id=shard_id,
        resume=True,
        gateway=yarl.URL(session.resume_url),
        session=session.id,
        sequence=session.sequence,
    )


def set_shard_count(client: discord.AutoShardedClient, count: int) -> None:
    """Set of how many shards those of this client are.

    discord.py waits until all shards that it was told of are ready, and takes what
    their tasks are waiting for from others that come meanwhile. It is told of none:
    see `note_shard_ready`.
    """
    client.shard_count = count
    client._connection.shard_count = count  # noqa: SLF001
    client._connection.shard_ids = []  # noqa: SLF001


def add_shard(client: discord.AutoShardedClient, shard_id: int, shard: Any) -> None:  # noqa: ANN401 - ours, of the same form
    """Let a client have a shard, which has an `id`, a `ws`, and `close`."""
    client._AutoShardedClient__shards[shard_id] = shard  # type: ignore[attr-defined]  # noqa: SLF001


def drop_shard(client: discord.AutoShardedClient, shard_id: int) -> None:
    """Take a shard from a client, and all that it knows of its servers."""
    client._AutoShardedClient__shards.pop(shard_id, None)  # type: ignore[attr-defined]  # noqa: SLF001
    state = client._connection  # noqa: SLF001
    ready = state._ready_tasks.pop(shard_id, None)  # noqa: SLF001
    if ready is not None:
        ready.cancel()
    state._ready_states.pop(shard_id, None)  # noqa: SLF001
    state.clear_chunk_requests(shard_id)
    forget_guilds(client, shard_id)


def forget_guilds(client: discord.Client, shard_id: int) -> None:
    """Forget the servers of a shard, without saying that they are gone."""
    state = client._connection  # noqa: SLF001
    for guild in list(state.guilds):
        if guild.shard_id == shard_id:
            state._remove_guild(guild)  # noqa: SLF001


def note_shard_ready(
    client: discord.AutoShardedClient, shard_id: int, *, all_ready: bool
) -> None:
    """Note that a shard's servers are known; say that all are, if that is so."""
    state = client._connection  # noqa: SLF001
    state._ready_tasks.pop(shard_id, None)  # noqa: SLF001
    if all_ready:
        state.call_handlers("ready")
        state.dispatch("ready")


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
