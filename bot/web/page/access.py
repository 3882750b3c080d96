"""Who may see the operator's page, from what is known of a request. Pure.

Without a token the page is for browsers on this machine alone. A loopback address does
not prove that: a reverse proxy on this machine connects from loopback, too, and need
not say so. So the page is open only if neither a token nor a public address is set and
all of this is true of the request:

* it comes from a loopback address, to a loopback address;
* it names a loopback host, or a website could point its own name here (DNS rebinding);
* it is HTTP/1.1, because nginx may forward requests as 1.0 without any other sign;
* it has no header that proxies add.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from bot.config.addresses import is_loopback

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORWARDED_HOST = re.compile(r'(?:^|[;,\s])host="?([^";,\s]+)', re.IGNORECASE)
_PROXY_HEADERS = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"}
)
_PROXY_PREFIXES = ("x-forwarded", "x-original", "cf-", "fly-", "x-envoy", "x-amzn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the operator has set."""

    has_token: bool
    listens_on_loopback: bool
    public_url: str | None
    """Where EvoLink reaches us; nobody sees the page there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What is known of a request, besides its token."""

    peer: str
    """The address that it comes from; empty = unknown."""
    local: str
    """The address of ours that it came to; empty = unknown."""
    hosts: Sequence[str]
    """The hosts it asked for: Host, then those that proxies name; empty = no Host."""
    has_proxy: bool
    """Whether a header tells of a proxy."""
    is_http_1_1: bool


class Access(Enum):
    """What a request gets of the page."""

    NOT_FOUND = auto()
    """There is no page at this address."""
    OPEN = auto()
    """The page."""
    TOKEN = auto()
    """The page, with the token."""
    FORBIDDEN = auto()
    """An explanation: no token is set, and the request may be from elsewhere."""


def access_for(rules: Rules, caller: Caller) -> Access:
    """Return what a request gets of the page."""
    if any(is_public_address(one, rules.public_url) for one in caller.hosts):
        return Access.NOT_FOUND
    if rules.has_token:
        return Access.TOKEN
    if rules.public_url is None and _is_of_this_machine(rules, caller):
        return Access.OPEN
    return Access.FORBIDDEN


def is_public_address(host: str, public_url: str | None) -> bool:
    """Return whether a Host, with or without a port, is that of the public address."""
    if public_url is None:
        return False
    public, asked = urlsplit(public_url), _split(host)
    public_name, name = (public.hostname or "").rstrip("."), asked[0]
    if name != public_name:
        return False
    # On this machine, which stand-ins use, names are few, and ports tell them apart.
    default = _DEFAULT_PORTS.get(public.scheme)
    return not is_loopback(name) or (asked[1] or default) == (public.port or default)


def is_proxy_header(name: str) -> bool:
    """Return whether a header is one that a proxy adds."""
    lower = name.lower()
    return lower in _PROXY_HEADERS or lower.startswith(_PROXY_PREFIXES)


def hosts_forwarded(forwarded: Sequence[str], x_forwarded: Sequence[str]) -> list[str]:
    """Return the hosts that Forwarded and X-Forwarded-Host name."""
    plain = [one.strip() for line in x_forwarded for one in line.split(",")]
    return [
        *(found for line in forwarded for found in _FORWARDED_HOST.findall(line)),
        *filter(None, plain),
    ]


def _is_of_this_machine(rules: Rules, caller: Caller) -> bool:
    return (
        rules.listens_on_loopback
        and _is_loopback_address(caller.peer)
        and _is_loopback_address(caller.local)
        and bool(caller.hosts)
        and all(is_loopback(_split(one)[0]) for one in caller.hosts)
        and not caller.has_proxy
        and caller.is_http_1_1
    )


def _is_loopback_address(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _split(host: str) -> tuple[str, int | None]:
    """Return the name and the port of a Host; an empty name if it is none."""
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "", None
