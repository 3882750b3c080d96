"""Who may see the operator's page, from what is known of a request. Pure.

A request from this machine is nobody else's only if nothing passes requests on: a
reverse proxy on the same machine connects from loopback, too, and need not say so. So
the page is open only where neither a token nor a public address is set, to a request
that a browser on this machine made: from loopback to loopback, to a name of loopback
(else a website could lead its own name here: DNS rebinding), over HTTP/1.1 (nginx may
pass requests on as 1.0 without another sign), and without a header of a proxy.
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
_PROXYS = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"})
_PROXYS_BEGIN = ("x-forwarded", "x-original", "cf-", "fly-", "x-envoy", "x-amzn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the operator has set."""

    has_token: bool
    listens_on_loopback: bool
    public_url: str | None
    """Where EvoLink reaches us; nobody sees the page there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What is known of a request, besides what it brings to open the page."""

    peer: str
    """The address that it comes from; empty = unknown."""
    here: str
    """The address that it came to."""
    hosts: Sequence[str]
    """What it asked for: Host, then what proxies say of it; empty = no Host."""
    has_proxy: bool
    """Whether a header tells of a proxy."""
    is_http_1_1: bool


class Door(Enum):
    """How the page is met."""

    NOWHERE = auto()
    """There is no page at this address."""
    OPEN = auto()
    TOKEN = auto()
    """Whoever gives the token sees it."""
    SHUT = auto()
    """No token is set, and the request may be somebody else's."""


def door_for(rules: Rules, caller: Caller) -> Door:
    """Return how a request meets the page."""
    if any(is_public_address(one, rules.public_url) for one in caller.hosts):
        return Door.NOWHERE
    if rules.has_token:
        return Door.TOKEN
    if rules.public_url is None and _is_of_this_machine(rules, caller):
        return Door.OPEN
    return Door.SHUT


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
    return lower in _PROXYS or lower.startswith(_PROXYS_BEGIN)


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
        and _is_loopback_address(caller.here)
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
