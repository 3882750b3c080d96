"""What counts as an acceptable address: schemes, hosts, ports. Text in, text out.

No message of this module repeats an address, because one may hold a password.
"""

import ipaddress
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

MAX_PORT = 65_535
LINK_MAX_CHARS = 512
"""Discord docs, "Button": a link may be no longer."""
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def service_address(text: str) -> str:
    """Return an http(s) base without its last slash.

    Raises:
        ValueError: If it is no such address, or goes in the clear beyond this machine.
    """
    return _base(text, secure="https", plain="http")


def gateway_address(text: str) -> str:
    """Return a ws(s) base without its last slash; errors as `service_address`."""
    return _base(text, secure="wss", plain="ws")


def public_address(text: str) -> str:
    """Return the base under which a stranger reaches us, without its last slash.

    EvoLink docs: a callback goes to https on a public host only. Loopback passes here,
    over http too, because a stand-in may run on this machine; whether that is meant
    is the whole configuration's to say.

    Raises:
        ValueError: If it is no such address.
    """
    base = service_address(text)
    host = urlsplit(base).hostname or ""
    if not is_loopback(host) and not is_public(host):
        msg = "must name a public host"
        raise ValueError(msg)
    return base


def page_address(text: str) -> str:
    """Return the address of a page that members may open, as a button takes it.

    Raises:
        ValueError: If it is no https address, holds a password, or is too long.
    """
    page = text.strip()
    parts = _split(page)
    if parts.scheme != "https" or not parts.hostname:
        msg = "must be an address that begins with https://"
        raise ValueError(msg)
    if parts.username is not None or parts.password is not None:
        msg = "must not hold a name or password"
        raise ValueError(msg)
    if len(page) > LINK_MAX_CHARS:
        msg = f"must have at most {LINK_MAX_CHARS} characters"
        raise ValueError(msg)
    return page


def listen_address(text: str) -> tuple[str, int]:
    """Split HOST:PORT or [IPV6]:PORT; port 0 lets the system choose.

    Raises:
        ValueError: If it is neither.
    """
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = None, None, None
    if parts is None or parts.netloc != text or not host or port is None or "@" in text:
        msg = f"must be HOST:PORT with a port from 0 to {MAX_PORT}"
        raise ValueError(msg)
    return host, port


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its very name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(host: str) -> bool:
    """Return whether a host can be reached from elsewhere, as far as its name says."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith(_LOCAL_SUFFIXES)


def _base(text: str, *, secure: str, plain: str) -> str:
    parts = _split(text.strip())
    if parts.scheme not in {secure, plain} or not parts.hostname:
        msg = f"must be an address that begins with {secure}://"
        raise ValueError(msg)
    if parts.scheme == plain and not is_loopback(parts.hostname):
        msg = f"must begin with {secure}://; {plain}:// is for this machine only"
        raise ValueError(msg)
    if parts.username is not None or parts.password is not None:
        msg = "must not hold a name or password"
        raise ValueError(msg)
    if parts.query or parts.fragment:
        msg = "must end with its path, without ? or #"
        raise ValueError(msg)
    return text.strip().rstrip("/")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # only reading it checks it
    except ValueError as error:
        msg = "is not an address"
        raise ValueError(msg) from error
    if any(not char.isprintable() or char == " " for char in text):
        msg = "is not an address"
        raise ValueError(msg)
    return parts


def passwords_in(url: str) -> frozenset[str]:
    """Return the password of a database's URL, as written and as meant; maybe none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return frozenset()
    written = parts.password or ""
    asked = parse_qs(parts.query).get("password", [])
    return frozenset({written, unquote(written), *asked} - {""})
