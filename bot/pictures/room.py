"""Bounds the memory of the files that are held at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """A number of bytes that can be taken, and are given back.

    A small file does not wait behind a large one for which there is no room yet.
    """

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._more = asyncio.Event()

    @asynccontextmanager
    async def taken(self, size: int) -> AsyncIterator[None]:
        """Take `size` bytes, at most all that there are, as soon as they are left."""
        while size > self._left:
            await self._more.wait()
        self._left -= size
        try:
            yield
        finally:
            self._left += size
            self._more.set()
            self._more = asyncio.Event()
