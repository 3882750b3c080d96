"""Which addresses a result may be fetched from.

A result's link comes from outside. Without a check on every connect it could point
into the operator's own network (SSRF): through a literal address, an IPv4 address
mapped into IPv6, a redirect, or a name that resolves differently the second time.
"""

import ipaddress
import socket
from collections.abc import Callable

from aiohttp.abc import AbstractResolver, ResolveResult

AddrInfo = tuple[int | socket.AddressFamily, int, int, str, tuple[object, ...]]


class ForbiddenAddress(OSError):
    """A connection to an address that is not public. Raised before it is opened."""


def is_public(host: str) -> bool:
    """Return whether a literal address is one of the public internet."""
    address = ipaddress.ip_address(host.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def public_socket(info: AddrInfo) -> socket.socket:
    """Open a socket for one connect, unless its address is not public.

    This sees the final address of every connect, literal ones included, which never
    reach a resolver (aiohttp's `socket_factory`).

    Raises:
        ForbiddenAddress: If the address is not public.
    """
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        msg = "the address is not public"
        raise ForbiddenAddress(msg)
    return socket.socket(family=family, type=kind, proto=protocol)


class PublicResolver(AbstractResolver):
    """Drops addresses that are not public from what another resolver found."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """Return the public addresses of a name.

        Raises:
            ForbiddenAddress: If it has none.
        """
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            msg = "the name has no public address"
            raise ForbiddenAddress(msg)
        return public

    async def close(self) -> None:
        """Close the resolver behind this one."""
        await self._resolver.close()


SocketFactory = Callable[[AddrInfo], socket.socket]
