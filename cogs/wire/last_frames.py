"""The last frames of clips that were posted, as pictures of requests."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from bot.errors import FileTooLarge, MessageGone, MessengerError, Refused
from bot.part_files import PART_SUFFIX
from bot.pictures.source import PictureSource
from cogs.wire.pictures import AttachedFile, DiscordPictures

MOST_CLIP_BYTES = 100 * 1024 * 1024
"""The largest file that Discord takes from a bot anywhere (boost tier 3)."""
TRY_WITHIN_S = 40.0

log = structlog.get_logger(__name__)


class FrameReader(Protocol):
    """Reads frames. Implemented by `bot.media.clip_tools.ClipTools`."""

    async def last_frame(self, clip: Path, into: Path) -> bool:
        """Write a clip's last frame as a JPEG; return whether `into` is there now."""
        ...


class LastFrames:
    """Reads clips from Discord, and their last frames from them, one at a time."""

    def __init__(
        self, pictures: DiscordPictures, reader: FrameReader, folder: Path
    ) -> None:
        """Keep who reads what; `folder` has files for a moment."""
        self._pictures = pictures
        self._reader = reader
        self._folder = folder
        self._turn = asyncio.Lock()

    def source(self, clip: AttachedFile) -> PictureSource:
        """Return a clip's last frame as the picture of a request; nothing is read."""
        return _LastFrame(frames=self, clip=clip)

    async def read(self, clip: AttachedFile) -> bytes:
        """Return a clip's last frame, a JPEG.

        Raises:
            Refused: If the clip is gone or too large, or if it or its frames cannot
                be read now.
        """
        async with self._turn:
            with _files(self._folder) as (path, frame):
                try:
                    with path.open("xb") as file:
                        await self._pictures.save(
                            clip,
                            file,
                            most_bytes=MOST_CLIP_BYTES,
                            within_s=TRY_WITHIN_S,
                        )
                    is_read = await self._reader.last_frame(path, frame)
                except MessageGone as error:
                    raise Refused("refused-continue-gone") from error
                except FileTooLarge as error:
                    raise Refused("refused-continue-large") from error
                except (MessengerError, OSError) as error:
                    log.warning("clip not read", reason=str(error))
                    is_read = False
                if not is_read:
                    raise Refused("refused-continue-unread")
                return await asyncio.to_thread(frame.read_bytes)


@contextmanager
def _files(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Name two files that go again; the next start removes what a crash leaves."""
    name = f"frame-{secrets.token_hex(8)}"
    clip = folder / f"{name}.mp4{PART_SUFFIX}"
    frame = folder / f"{name}.jpg{PART_SUFFIX}"
    try:
        yield clip, frame
    finally:
        clip.unlink(missing_ok=True)
        frame.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LastFrame:
    """Implements `bot.pictures.source.PictureSource`. Discord says nothing of it."""

    frames: LastFrames
    clip: AttachedFile

    @property
    def size(self) -> int | None:
        return None

    @property
    def content_type(self) -> str | None:
        return None

    @property
    def has_own_turns(self) -> bool:
        return True

    async def read(self) -> bytes:
        return await self.frames.read(self.clip)
