"""The network of these tests fails as a real one does."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.together.network import Network

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
SILENT_S = 0.2


class Server:
    """Keeps what it hears of one client."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.ended = asyncio.Event()
        self.client: asyncio.StreamWriter | None = None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.client = writer
        try:
            while data := await reader.read(100):
                self.heard += data
                writer.write(data.upper())
        except ConnectionError:
            pass
        self.ended.set()
        writer.close()


@pytest.fixture
def behind() -> Server:
    return Server()


@pytest.fixture
async def network(behind: Server) -> AsyncIterator[Network]:
    server = await asyncio.start_server(behind.serve, "127.0.0.1", 0)
    async with Network(server.sockets[0].getsockname()[1]).opened() as network:
        yield network
    server.close()


@pytest.fixture
async def client(network: Network) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", network.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"HELLO"
    yield reader, writer
    writer.transport.abort()


async def test_what_is_sent_over_a_cut_network_arrives_when_it_is_whole(
    network: Network, behind: Server, client: Streams
) -> None:
    reader, writer = client
    network.cut()

    writer.write(b"lost?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), SILENT_S)
    assert bytes(behind.heard) == b"hello"
    network.restore()

    assert await reader.readexactly(5) == b"LOST?"


async def test_an_end_is_not_heard_of_over_a_cut_network(
    network: Network, behind: Server, client: Streams
) -> None:
    network.cut()

    client[1].transport.abort()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(behind.ended.wait(), SILENT_S)
    network.restore()

    await asyncio.wait_for(behind.ended.wait(), 20)


async def test_a_connection_begun_over_a_cut_network_hangs(
    network: Network, behind: Server
) -> None:
    network.cut()
    reader, writer = await asyncio.open_connection("127.0.0.1", network.port)
    writer.write(b"hello")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), SILENT_S)
    network.restore()

    assert await reader.readexactly(5) == b"HELLO"
    assert behind.client is not None
    writer.transport.abort()


async def test_a_reset_is_heard_on_both_sides(
    network: Network, behind: Server, client: Streams
) -> None:
    network.reset()

    with pytest.raises(ConnectionError):
        await client[0].readexactly(1)
    await asyncio.wait_for(behind.ended.wait(), 20)


async def test_an_end_is_passed_on(
    network: Network, behind: Server, client: Streams
) -> None:
    client[1].close()

    await asyncio.wait_for(behind.ended.wait(), 20)
    async with asyncio.timeout(20):
        while network.connections:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.01)
