"""How network errors are worded for the administrator."""

import errno
import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot.cli.checks.network import unreached
from bot.errors import EvolinkUnavailable

AT: Any = SimpleNamespace(host="api.example", port=443, ssl=True, is_ssl=True)
NOT_TRUSTED = aiohttp.ClientConnectorCertificateError(
    AT, ssl.SSLCertVerificationError("self-signed")
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (aiohttp.ClientConnectorDNSError(AT, OSError(-2, "x")), "cannot be found. Is "),
        (NOT_TRUSTED, "the certificate of api.example is not trusted."),
        (aiohttp.ClientConnectorSSLError(AT, OSError(1, "x")), "no secure connection."),
        (
            aiohttp.ClientConnectorError(AT, OSError(errno.ENETUNREACH, "x")),
            "there is no way to api.example. Is this machine online?",
        ),
        (
            aiohttp.ClientConnectorError(AT, OSError(errno.ECONNREFUSED, "x")),
            "nothing answers at api.example:443. Is the address right?",
        ),
        (aiohttp.ConnectionTimeoutError(), "it does not answer. Is this machine "),
        (aiohttp.ServerDisconnectedError(), "broke off the connection."),
        (aiohttp.InvalidURL("x"), "its address is none."),
    ],
)
def test_each_trouble_has_words_that_name_no_class(error: Exception, said: str) -> None:
    """Also where an error of ours came from it."""
    ours = EvolinkUnavailable("GET /v1/credits did not leave: SomeError")
    ours.__cause__ = error

    for one in (error, ours):
        words = unreached(one)
        assert words is not None
        assert said in words
        assert "Error" not in words


def test_other_errors_are_no_trouble_of_the_network() -> None:
    assert unreached(ValueError("x")) is None
