"""How much of the memory files may take that are held at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """So many bytes, taken and given back.

    What fits does not wait for something larger that does not.
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
