"""Turns a result's link, or a redirect's, into an address without respelling it.

A host that signs its links may sign their raw text, in which `%2F` is not `/`. So path
and query go out as they came. Only what a request may not contain, a space or a
non-ASCII letter, is percent-encoded (RFC 3987, section 3.1).
"""

import re
from collections.abc import Collection
from urllib.parse import quote, urljoin

from yarl import URL

_ABSOLUTE = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNFIT = re.compile(r"[^\x21-\x7e]+")


def address(link: str, schemes: Collection[str], base: URL | None = None) -> URL:
    """Return the address that a link names, to be asked as it is.

    `base` is what redirected here, for a link that is relative to it.

    Raises:
        ValueError: If it is none, has another scheme than `schemes` or a user's name,
            or holds a control character.
    """
    link = link.strip(" \t")
    if _CONTROL.search(link):
        msg = "a control character in an address"
        raise ValueError(msg)
    if base is not None:
        link = _joined(link, base)
    parts = _ABSOLUTE.match(link)
    if parts is None or parts["scheme"].lower() not in schemes:
        msg = "no address of a scheme that is allowed"
        raise ValueError(msg)
    # A name in another script, or a port out of range, is yarl's to judge.
    origin = URL(f"{parts['scheme']}://{parts['authority']}")
    if "@" in parts["authority"] or not origin.host or origin.port is None:
        msg = "no host, or a user's name before it"
        raise ValueError(msg)
    rest = _UNFIT.sub(_percent_encoded, parts["rest"])
    return URL(f"{origin.scheme}://{origin.raw_authority}{rest}", encoded=True)


def _joined(link: str, base: URL) -> str:
    if _SCHEME.match(link):
        return link
    if link.startswith("//"):
        return f"{base.scheme}:{link}"
    # Not yarl's own, which takes the escapes out of the base's path.
    return urljoin(str(base), link)


def _percent_encoded(unfit: re.Match[str]) -> str:
    # Bytes of a header that are no UTF-8 come as surrogates: they go out as bytes.
    return quote(unfit[0].encode("utf-8", "surrogateescape"))
