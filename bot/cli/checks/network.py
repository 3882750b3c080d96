"""Why a service could not be reached, in words for the network's administrator."""

import errno
from collections.abc import Iterator, Sequence

import aiohttp

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}


_SAID: Sequence[tuple[type[BaseException], str]] = (
    (
        aiohttp.ClientConnectorDNSError,
        "cannot be reached: the host {host} cannot be found. Is this machine online?",
    ),
    (
        aiohttp.ClientConnectorCertificateError,
        "cannot be reached: the certificate of {host} is not trusted.",
    ),
    (
        aiohttp.ClientConnectorSSLError,
        "cannot be reached: {host} offers no secure connection.",
    ),
    (
        aiohttp.ClientConnectorError,
        "cannot be reached: nothing answers at {host}:{port}. Is the address right?",
    ),
    (
        aiohttp.ConnectionTimeoutError,
        "cannot be reached: it does not answer. Is this machine online?",
    ),
    (aiohttp.InvalidURL, "cannot be reached: its address is none."),
    (aiohttp.ClientConnectionError, "broke off the connection. Please try again."),
)
"""The first that fits. Each is the rest of a sentence."""
_NO_WAY = "cannot be reached: there is no way to {host}. Is this machine online?"


def unreached(error: BaseException) -> str | None:
    """Return the rest of a sentence that begins with the service's name.

    None if an error, and what it came from, is not about the network.
    """
    for one in _causes(error):
        for kind, said in _SAID:
            if isinstance(one, kind):
                words = _NO_WAY if _has_no_way(one) else said
                return words.format(
                    host=getattr(one, "host", ""), port=getattr(one, "port", "")
                )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _has_no_way(error: BaseException) -> bool:
    return (
        isinstance(error, aiohttp.ClientConnectorError)
        and error.os_error.errno in _UNREACHABLE
    )
