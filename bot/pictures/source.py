"""Where the picture of a request is read from."""

from typing import Protocol

MOST_BYTES = 25 * 1024 * 1024
"""The largest file that is read."""


class PictureSource(Protocol):
    """One picture, as somebody attached or posted it.

    Implemented in `cogs`, for what Discord stores, and for a clip's last frame.
    """

    @property
    def size(self) -> int | None:
        """Return how many bytes it has, as Discord said; None = nothing was said."""
        ...

    @property
    def content_type(self) -> str | None:
        """Return its media type, as Discord said; None = nothing was said."""
        ...

    @property
    def has_own_turns(self) -> bool:
        """Return whether reading it may take long, and waits for turns of its own.

        Then it is read before it takes one of the turns that all pictures share.
        """
        ...

    async def read(self) -> bytes:
        """Return its bytes, at most `MOST_BYTES`. The caller bounds the time.

        Raises:
            Refused: If it is too large, or can no longer be read.
        """
        ...
