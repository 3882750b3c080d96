"""No result may come from the operator's own network, however its link is written."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import ThreadedResolver, web

from bot.delivery.addresses import (
    ForbiddenAddress,
    PublicResolver,
    is_public,
    public_socket,
)
from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.errors import FetchUnusable
from tests.callbacks import ignored
from tests.delivery.hosts import ScriptedResolver, web_host

FORBIDDEN = {
    "loopback": "127.0.0.1",
    "loopback, elsewhere": "127.8.9.10",
    "this host": "0.0.0.0",  # noqa: S104 - never bound
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "carrier": "100.64.0.1",
    "a cloud's metadata": "169.254.169.254",
    "another cloud's metadata": "100.100.100.200",
    "a third cloud's metadata": "192.0.0.192",
    "a cloud's host": "168.63.129.16",
    "6to4 relay": "192.88.99.1",
    "documentation": "192.0.2.1",
    "benchmark": "198.18.0.1",
    "multicast": "224.0.0.1",
    "multicast, global": "233.252.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 loopback": "::1",
    "v6 unspecified": "::",
    "v6 mapped": "::ffff:127.0.0.1",
    "v6 mapped, hex": "::ffff:a9fe:a9fe",
    "v6 mapped private": "::ffff:10.0.0.1",
    "v6 compatible": "::127.0.0.1",
    "v6 translated": "::ffff:0:127.0.0.1",
    "v6 link-local": "fe80::1",
    "v6 link-local with zone": "fe80::1%lo",
    "v6 site-local": "fec0::1",
    "v6 unique local": "fd00::1",
    "v6 metadata": "fd00:ec2::254",
    "v6 multicast": "ff0e::1",
    "v6 documentation": "2001:db8::1",
    "v6 discard": "100::1",
    "teredo": "2001::7f00:1",
    "6to4 of loopback": "2002:7f00:1::1",
    "6to4 of metadata": "2002:a9fe:a9fe::1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "NAT64, local use": "64:ff9b:1::a9fe:a9fe",
}
PUBLIC = {
    "v4": "93.184.216.34",
    "v6": "2606:2800:220:1:248:1893:25c8:1946",
    "mapped": "::ffff:93.184.216.34",
    "6to4": "2002:5db8:d822::1",
    "NAT64": "64:ff9b::5db8:d822",
}
NAMES = ("localhost", "LocalHost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1")
"""What the system's own resolver takes for this machine."""


@pytest.fixture
async def listening() -> AsyncIterator[tuple[int, list[object]]]:
    """A port of this machine, and the connections that were made to it."""
    connections: list[object] = []

    async def count(_reader: object, writer: asyncio.StreamWriter) -> None:
        connections.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], connections


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_no_forbidden_address_is_public_in_any_spelling(address: str) -> None:
    assert not is_public(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(ForbiddenAddress):
        public_socket((family, socket.SOCK_STREAM, 0, "", (address, 443)))


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with public_socket((family, socket.SOCK_STREAM, 0, "", (address, 443))) as opened:
        assert opened.fileno() >= 0


@pytest.mark.parametrize("address", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_a_link_to_a_forbidden_address_is_refused(
    guarded: ResultFetcher, clip: Path, address: str
) -> None:
    """Literal addresses never reach a resolver: the socket's maker refuses them."""
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(FetchUnusable):
        await guarded.fetch(
            f"https://{host}/a.mp4", clip, max_bytes=1000, answered=ignored
        )


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_of_this_machine_is_refused_without_a_packet(
    guarded: ResultFetcher,
    clip: Path,
    listening: tuple[int, list[object]],
    name: str,
) -> None:
    port, connections = listening

    with pytest.raises(FetchUnusable):
        await guarded.fetch(
            f"https://{name}:{port}/", clip, max_bytes=1000, answered=ignored
        )

    assert connections == []


async def test_a_literal_address_is_refused_without_a_packet(
    guarded: ResultFetcher, clip: Path, listening: tuple[int, list[object]]
) -> None:
    port, connections = listening

    for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"):
        with pytest.raises(FetchUnusable):
            await guarded.fetch(
                f"https://{host}:{port}/", clip, max_bytes=1000, answered=ignored
            )

    assert connections == []


async def test_a_redirect_into_our_network_is_refused_without_a_packet(
    clip: Path, listening: tuple[int, list[object]]
) -> None:
    """The first host may be asked, where it points to may not."""
    port, connections = listening

    async def answer(_request: web.Request) -> web.Response:
        target = f"https://127.0.0.1:{port}/latest/meta-data"
        return web.Response(status=302, headers={"Location": target})

    async with (
        web_host(answer) as host,
        open_result_session(
            allow_private=False, resolver=ThreadedResolver()
        ) as session,
    ):
        # Only this one host is let through, as if it were public.
        allowed = int(host.rsplit(":", 1)[1])
        connector = session.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        connector._socket_factory = lambda info: (
            socket.socket(info[0], info[1], info[2])
            if info[4][1] == allowed
            else public_socket(info)
        )
        fetcher = ResultFetcher(session, allow_private=True, count=ignored)
        with pytest.raises(FetchUnusable):
            await fetcher.fetch(host, clip, max_bytes=1000, answered=ignored)

    assert connections == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["::1", "127.0.0.1"]]
)
async def test_a_name_that_leads_into_our_network_is_refused(
    clip: Path, addresses: list[str]
) -> None:
    resolver = ScriptedResolver(addresses)
    async with open_result_session(allow_private=False, resolver=resolver) as session:
        fetcher = ResultFetcher(session, allow_private=False, count=ignored)
        with pytest.raises(FetchUnusable):
            await fetcher.fetch(
                "https://rebind.example/", clip, max_bytes=1000, answered=ignored
            )

    assert not resolver.closed, "it was lent"


async def test_private_addresses_among_public_ones_are_dropped() -> None:
    inner = ScriptedResolver(["10.0.0.1", PUBLIC["v4"], "::1"])

    resolver = PublicResolver(inner)
    found = await resolver.resolve("mixed.example", 443)
    await resolver.close()

    assert [one["host"] for one in found] == [PUBLIC["v4"]]
    assert inner.closed


@pytest.mark.parametrize(
    "later", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "10.0.0.1"]]
)
async def test_a_name_that_changes_its_mind_is_refused_by_the_socket(
    clip: Path, listening: tuple[int, list[object]], later: list[str]
) -> None:
    """Public when it was checked, private when it is connected to (DNS rebinding)."""
    port, connections = listening
    rebinding = ScriptedResolver([PUBLIC["v4"]], later)
    checked = await PublicResolver(rebinding).resolve("rebind.example", port)
    assert [one["host"] for one in checked] == [PUBLIC["v4"]]

    async with open_result_session(
        allow_private=False, resolver=ThreadedResolver()
    ) as session:
        connector = session.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        connector._resolver = rebinding  # the check has passed; this comes after it
        fetcher = ResultFetcher(session, allow_private=False, count=ignored)
        with pytest.raises(FetchUnusable):
            await fetcher.fetch(
                f"https://rebind.example:{port}/",
                clip,
                max_bytes=1000,
                answered=ignored,
            )

    assert connections == []
