"""Hosts of results on this machine: a proper one, and some that misbehave."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from tests.delivery.boxes import FTYP, MOOV, box

CLIP = FTYP + MOOV + box(b"mdat", bytes(range(256)) * 40)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class ScriptedResolver(AbstractResolver):
    """Answers with the scripted addresses, one list after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.closed = False

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        assert host
        answer = self._answers.pop(0)
        return [
            ResolveResult(
                hostname=host, host=one, port=port, family=family, proto=0, flags=0
            )
            for one in answer
        ]

    async def close(self) -> None:
        self.closed = True


async def send_clip(_request: web.Request) -> web.Response:
    return web.Response(body=CLIP, content_type="video/mp4")


@asynccontextmanager
async def web_host(handler: Handler) -> AsyncIterator[str]:
    """Serve every path by one handler; yield its address, slashless."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


@asynccontextmanager
async def raw_host(talk: Talk) -> AsyncIterator[str]:
    """Serve bytes as they are; yield the address."""

    async def converse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has had enough, which is often the point
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        server.close()


def saying(head: str, body: bytes = b"") -> Talk:
    """Return a talk that answers with these headers, lines separated by newlines."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.strip().replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return talk
