"""Has large pictures decoded by a child process, which needs less memory for them."""

import asyncio
import secrets
from pathlib import Path

import structlog

from bot.media.child_process import run_child
from bot.part_files import PART_SUFFIX

log = structlog.get_logger(__name__)

WITHIN_S = 30.0


class LargePictures:
    """Implements `bot.pictures.ports.LargePictures`."""

    def __init__(self, folder: Path) -> None:
        """`folder` has files for a moment; the next start removes a crash's."""
        self._folder = folder

    async def reduced(self, webp: bytes) -> bytes | None:
        """Return a WebP as a PNG that is not much larger than needed, and upright.

        Returns None if it cannot be read, moves, or takes too long or too much memory.
        """
        name = f"picture-{secrets.token_hex(8)}"
        picture = self._folder / f"{name}.webp{PART_SUFFIX}"
        png = self._folder / f"{name}.png{PART_SUFFIX}"
        try:
            await asyncio.to_thread(picture.write_bytes, webp)
            why_not = await run_child(png, WITHIN_S, "reduce", picture)
            if why_not is None:
                return await asyncio.to_thread(png.read_bytes)
        except OSError as error:
            why_not = error.strerror
        finally:
            picture.unlink(missing_ok=True)
            png.unlink(missing_ok=True)
        log.warning("picture not reduced", reason=why_not)
        return None
