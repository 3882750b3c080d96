"""Which callback addresses EvoLink would post to. Resolves no names."""

from ipaddress import ip_address
from urllib.parse import urlsplit

MAX_LENGTH = 2048
"""Longest callback_url in characters. Source: EvoLink docs."""


def fault_of(url: object, *, local_allowed: bool) -> str | None:
    """Return what is wrong with a callback_url, `None` if nothing is.

    EvoLink docs: https only, at most 2048 characters, no internal addresses. With
    `local_allowed` plain http and internal addresses pass; the rest still counts.
    """
    if not isinstance(url, str):
        return "callback_url must be a string."
    if len(url) > MAX_LENGTH:
        return f"callback_url is longer than {MAX_LENGTH} characters."
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "callback_url is not a URL."
    schemes = {"https", "http"} if local_allowed else {"https"}
    if parts.scheme not in schemes or not host:
        return "callback_url must be an https URL."
    if not local_allowed and _is_internal(host):
        return "callback_url must not point to an internal address."
    return None


def _is_internal(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." not in name or name.endswith((".localhost", ".local", ".internal"))
