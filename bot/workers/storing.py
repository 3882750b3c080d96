"""Recording what has been done already, whatever trouble the database is in."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bot.errors import StorageError

T = TypeVar("T")

RETRY_S = 1.0


async def until_stored(store: Callable[[], Awaitable[T]]) -> T:
    """Record a fact as often as it takes: a paid task, or a message that stands.

    It must be harmless to do `store` twice, because it may have been done without our
    being told. As long as this waits, the process knows the fact; one that ends before
    is in the same place as after a crash.
    """
    while True:
        try:
            return await store()
        except StorageError:
            await asyncio.sleep(RETRY_S)


async def side_by_side(*works: Coroutine[Any, Any, None]) -> None:
    """Do all of these to their ends, then raise the first of their errors.

    None waits until the database takes what another has to store.
    """
    done = await asyncio.gather(*works, return_exceptions=True)
    for error in done:
        if error is not None:
            raise error
