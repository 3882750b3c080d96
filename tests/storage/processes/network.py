"""A network between a process and its server that can be cut: nothing gets through."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import make_url

SSL_REQUEST = (80877103).to_bytes(4)
QUERY, SYNC = b"Q", b"S"
"""With one of these each statement ends (PostgreSQL docs: Message Formats)."""


class Statements:
    """Counts what a client asks of the server on one connection."""

    def __init__(self) -> None:
        self.count = 0
        self._left = b""
        self._begun = False

    def feed(self, data: bytes) -> None:
        self._left += data
        # Each message has its length, and all but the first ones a letter before.
        while len(self._left) >= 8 if not self._begun else len(self._left) >= 5:
            letters = int(self._begun)
            length = letters + int.from_bytes(self._left[letters : letters + 4])
            if len(self._left) < length:
                return
            message, self._left = self._left[:length], self._left[length:]
            if not self._begun:
                self._begun = message[4:8] != SSL_REQUEST
            elif message[:1] in {QUERY, SYNC}:
                self.count += 1


class Network:
    """Passes on what both ends send, unless it is cut; nobody hears of that."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._whole = asyncio.Event()
        self._whole.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._counts: list[Statements] = []
        self.unheard = 0
        """So many of the next connections are accepted, and nothing more."""

    @property
    def statements(self) -> int:
        """How many have been sent by all clients."""
        return sum(one.count for one in self._counts)

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    async def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.unheard > 0:
            self.unheard -= 1
            await reader.read()
            writer.close()
            return
        await self._whole.wait()
        there, back = await asyncio.open_connection(self._host, self._port)
        counting = Statements()
        self._counts.append(counting)
        ways = [
            asyncio.create_task(self._pass_on(reader, back, counting.feed)),
            asyncio.create_task(self._pass_on(there, writer, None)),
        ]
        self._tasks |= {*ways}
        await asyncio.wait(ways, return_when="FIRST_COMPLETED")
        for end in (back, writer):
            end.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        look_at: Callable[[bytes], None] | None,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if look_at is not None:
                    look_at(data)
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        await self._whole.wait()

    async def close(self) -> None:
        self.mend()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def network_to(url: str) -> AsyncGenerator[tuple[Network, str]]:
    """Open a network to the server of a URL; yield it, and the URL at this end."""
    address = make_url(url)
    assert address.host is not None
    assert address.port is not None
    network = Network(address.host, address.port)
    async with await asyncio.start_server(network.accept, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            yield (
                network,
                address.set(port=port).render_as_string(hide_password=False),
            )
        finally:
            await network.close()
