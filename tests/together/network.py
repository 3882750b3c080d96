"""A network between a process and its database server, which can fail."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

_CHUNK_BYTES = 65536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Network:
    """Passes on what connections say in both directions, unless it is cut.

    While it is cut nothing arrives, not even that a side has closed its connection, as
    where a cable is pulled. What was sent arrives afterwards.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._whole = asyncio.Event()
        self._whole.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._lines: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def connections(self) -> int:
        """How many connections there are from the process."""
        return len(self._lines)

    def cut(self) -> None:
        """Let nothing pass until `restore`."""
        self._whole.clear()

    def restore(self) -> None:
        """Let everything pass again, first of all what waits."""
        self._whole.set()

    def reset(self) -> None:
        """End all connections with a reset on both sides."""
        for writer in self._writers:
            ours: socket.socket = writer.get_extra_info("socket")
            with suppress(OSError):
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator["Network"]:
        """Listen on a port of its own until the block ends."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.reset()
            for line in list(self._lines):
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        line = asyncio.create_task(self._connect(reader, writer), name="network")
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writers.add(writer)
        try:
            await self._whole.wait()
            there = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(there[1])
        try:
            await asyncio.gather(
                self._pass_on(reader, there[1]), self._pass_on(there[0], writer)
            )
        finally:
            for one in (writer, there[1]):
                self._writers.discard(one)
                one.transport.abort()

    async def _pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        """Copy one direction; its end is passed on by ending both."""
        with suppress(OSError):
            while data := await source.read(_CHUNK_BYTES):
                await self._whole.wait()
                sink.write(data)
                await sink.drain()
        await self._whole.wait()
        with suppress(OSError):
            await sink.drain()
        sink.close()
