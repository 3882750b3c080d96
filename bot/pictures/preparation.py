"""Reads the picture of a request and prepares it, within a bounded time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bot.errors import Refused
from bot.pictures.heif import HEIF_TYPES
from bot.pictures.ports import LargePictures
from bot.pictures.prepare import Size, is_large_webp, prepare
from bot.pictures.room import Room
from bot.pictures.source import MOST_BYTES, PictureSource

WITHIN_S = 60.0
"""For all of it. A member waits before a status message that says little."""
HELD_BYTES = 3 * MOST_BYTES
"""Of files that are read, or wait to be prepared. Two of the largest size that do not
come leave room for others."""
_UNKNOWN_TYPE = "application/octet-stream"


def picture_fault(picture: PictureSource) -> str | None:
    """Return the id of the text that says what is wrong with a picture, or None.

    By what Discord says of it: nothing is read. What is in the file is seen later.
    """
    if picture.size is not None and picture.size > MOST_BYTES:
        return "refused-picture-large"
    kind = (picture.content_type or _UNKNOWN_TYPE).partition(";")[0].strip().lower()
    if kind in HEIF_TYPES:
        return "refused-picture-heic"
    if kind != _UNKNOWN_TYPE and not kind.startswith("image/"):
        return "refused-picture-kind"
    return None


class Preparation:
    """Reads pictures side by side, and prepares one at a time.

    To prepare one may take 250 MB for a second or two, here or in a child process.
    """

    def __init__(self, large: LargePictures | None) -> None:
        """Keep who decodes large pictures; None = those are refused."""
        self._large = large
        self._room = Room(HELD_BYTES)
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")

    def close(self) -> None:
        """Begin with no more pictures. One that is being prepared comes to its end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def prepared(
        self, picture: PictureSource, exact_size: Size | None, least_px: int = 0
    ) -> bytes:
        """Read a picture and return it ready to be sent, as `prepare` makes it.

        Raises:
            Refused: If it cannot be read, is no picture that we take, or if that took
                longer than `WITHIN_S`.
        """
        try:
            async with asyncio.timeout(WITHIN_S):
                if picture.has_own_turns:
                    data = await picture.read()
                    async with self._room.taken(_room_for(len(data))):
                        return await self._prepare(data, exact_size, least_px)
                async with self._room.taken(_room_for(picture.size)):
                    data = await picture.read()
                    return await self._prepare(data, exact_size, least_px)
        except TimeoutError as error:
            raise Refused("refused-picture-slow") from error

    async def _prepare(
        self, data: bytes, exact_size: Size | None, least_px: int
    ) -> bytes:
        if len(data) > MOST_BYTES:
            raise Refused("refused-picture-large")
        loop = asyncio.get_running_loop()
        async with self._turn:
            if self._large is not None and await loop.run_in_executor(
                self._thread, is_large_webp, data
            ):
                # What it cannot read either is refused for its size.
                data = await self._large.reduced(data) or data
            return await loop.run_in_executor(
                self._thread, prepare, data, exact_size, least_px
            )


def _room_for(size: int | None) -> int:
    return MOST_BYTES if size is None else min(size, MOST_BYTES)
