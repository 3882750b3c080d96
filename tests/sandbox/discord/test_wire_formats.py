"""How frames travel: packed as the client asked, and as bytes where it sends bytes."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import aiohttp
import pytest

from sandbox.discord.compression import packer
from sandbox.discord.config import SandboxConfig
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld

IDENTIFY = {"op": 2, "d": {"token": SandboxConfig().token, "intents": 1}}


Open = Callable[[str], Awaitable[aiohttp.ClientWebSocketResponse]]


@pytest.fixture
async def open_socket(
    service: DiscordSandbox, session: aiohttp.ClientSession
) -> AsyncIterator[Open]:
    opened = []

    async def connect(query: str) -> aiohttp.ClientWebSocketResponse:
        socket = await session.ws_connect(service.gateway_url + query)
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        await socket.close()


class Unpacker(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


class ZstdBlocks:
    """Reads stored blocks (RFC 8878), and nothing that would need a decoder."""

    def __init__(self) -> None:
        self._begun = False

    def decompress(self, data: bytes, /) -> bytes:
        if not self._begun:
            assert data[:4] == b"\x28\xb5\x2f\xfd"
            assert data[4] == 0, "no flags, so that a window follows and nothing else"
            data, self._begun = data[6:], True
        found = b""
        while data:
            header = int.from_bytes(data[:3], "little")
            assert header & 0b111 == 0, "stored as it is, and not the last"
            size = header >> 3
            assert size <= 128 * 1024
            found, data = found + data[3 : 3 + size], data[3 + size :]
        return found


@pytest.mark.parametrize(
    ("asked", "unpacker"),
    [("zlib-stream", zlib.decompressobj), ("zstd-stream", ZstdBlocks)],
)
async def test_frames_are_one_stream_where_that_is_asked_for(
    open_socket: Open,
    place: StandardWorld,
    asked: str,
    unpacker: Callable[[], Unpacker],
) -> None:
    socket = await open_socket(f"/?v=10&encoding=json&compress={asked}")
    stream = unpacker()
    await socket.send_json(IDENTIFY)

    frames = [
        json.loads(stream.decompress(await socket.receive_bytes(timeout=20)))
        for _ in range(3)
    ]

    assert [one["op"] for one in frames] == [10, 0, 0]
    assert [one["t"] for one in frames] == [None, "READY", "GUILD_CREATE"]
    assert frames[2]["d"]["name"] == place.guild.name


def test_a_frame_larger_than_a_block_is_several() -> None:
    pack = packer("zstd-stream")
    assert pack is not None
    stream = ZstdBlocks()
    text = "clip" * 100_000

    found = b""
    for part in (text, "", "end"):
        packed = pack(part)
        assert isinstance(packed, bytes)
        found += stream.decompress(packed)

    assert found.decode() == text + "end"


async def test_what_nobody_can_unpack_is_refused(
    open_socket: Open,
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await open_socket("/?compress=lzma-stream")

    assert refused.value.status == 400


async def test_frames_of_bytes_are_heard_like_frames_of_text(
    open_socket: Open,
    place: StandardWorld,
) -> None:
    """The client hikari sends nothing else."""
    socket = await open_socket("/?v=10&encoding=json")

    await socket.send_bytes(json.dumps(IDENTIFY).encode())

    frames = [await socket.receive_json(timeout=20) for _ in range(3)]
    assert frames[2]["d"]["id"] == str(place.guild.id)


async def test_a_client_without_heartbeats_is_hung_up_on() -> None:
    async with (
        DiscordSandbox(SandboxConfig(heartbeat_ms=200)) as discord,
        aiohttp.ClientSession() as session,
    ):
        socket = await session.ws_connect(discord.gateway_url)
        await socket.receive_json(timeout=20)
        await socket.send_json(IDENTIFY)
        while (message := await socket.receive(timeout=20)).type.name == "TEXT":
            pass

        assert message.data == 4009
        assert discord.gateway.sessions == []


async def test_a_client_with_heartbeats_stays() -> None:
    async with (
        DiscordSandbox(SandboxConfig(heartbeat_ms=2000)) as discord,
        aiohttp.ClientSession() as session,
    ):
        socket = await session.ws_connect(discord.gateway_url)
        await socket.receive_json(timeout=20)
        for _ in range(8):
            await socket.send_json({"op": 1, "d": None})
            assert (await socket.receive_json(timeout=20))["op"] == 11
            await asyncio.sleep(0.5)

        assert not socket.closed
