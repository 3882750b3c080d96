"""Which addresses a result may be fetched from.

A result's link comes from outside. Without a check on every connect it could point
into the operator's own network (SSRF): through a literal address, an IPv4 address
mapped into IPv6, a redirect, or a name that resolves differently the second time.
"""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

AddrInfo = tuple[int | socket.AddressFamily, int, int, str, tuple[object, ...]]


class ForbiddenAddress(OSError):
    """A connection to an address that is not public. Raised before it is opened."""


GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""IANA gives out public IPv6 addresses from here alone. Python also calls public what
it does not know, such as addresses that merely wrap an IPv4 address."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052)."""
SPECIAL = (
    # IETF protocol assignments (RFC 6890); a cloud kept its metadata here.
    ipaddress.IPv4Network("192.0.0.0/24"),
    # The deprecated way to the nearest 6to4 relay (RFC 7526).
    ipaddress.IPv4Network("192.88.99.0/24"),
    # Looks public, but is each Azure machine's own host (Azure docs).
    ipaddress.IPv4Network("168.63.129.16/32"),
)


def is_public(host: str) -> bool:
    """Return whether a literal address is one of the public internet."""
    address = ipaddress.ip_address(host.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = _wrapped(address)
        if inner is None:
            return address in GLOBAL_UNICAST and address.is_global
        address = inner
    if any(address in network for network in SPECIAL):
        return False
    return address.is_global and not address.is_multicast


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


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
