"""Requests to other services are counted where they leave, by what came of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from bot.errors import ClapperError

CountRequest: TypeAlias = Callable[[str, str, str], None]
"""Is told the service, the endpoint, and `ok` or the name of our error."""


@contextmanager
def counted(count: CountRequest, service: str, endpoint: str) -> Iterator[None]:
    """Count one request that the block makes. One that is cancelled does not count."""
    try:
        yield
    except ClapperError as error:
        count(service, endpoint, type(error).__name__)
        raise
    else:
        count(service, endpoint, "ok")


def uncounted(_service: str, _endpoint: str, _outcome: str) -> None:
    """Count nothing, where nobody could look at the figures."""
