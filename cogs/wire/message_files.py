"""The files of a message, opened again for each attempt: discord.py closes them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

import discord
import structlog

from bot.errors import FileTooLarge, MessageBlocked, PlaceForbidden
from bot.ids import JobId
from cogs.drawing.clip import clip_filename
from cogs.drawing.layout import PICTURE_FILENAME, MessageView

log = structlog.get_logger(__name__)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

OpenFiles: TypeAlias = Callable[[], list[discord.File]]
_NO_PICTURES_HERE = (FileTooLarge, MessageBlocked, PlaceForbidden)
"""Refusals that may be of the picture alone, where the rest would be taken."""


class Draw(Protocol):
    """Draws a message, with the attached picture or without."""

    def __call__(self, *, with_picture: bool) -> MessageView:
        """Return it."""
        ...


class Send(Protocol[T_co]):
    """Sends a message, with the attached picture or without."""

    async def __call__(self, *, with_picture: bool) -> T_co:
        """Send it once."""
        ...


def no_files() -> list[discord.File]:
    """Return no files, for a message that has none."""
    return []


def files_of(job_id: JobId, clip: Path | None, picture: bytes | None) -> OpenFiles:
    """Return what opens a job's clip, and the picture that it begins with."""

    def opened() -> list[discord.File]:
        files: list[discord.File] = []
        if clip is not None:
            files.append(discord.File(clip, filename=clip_filename(job_id)))
        if picture is not None:
            files.append(discord.File(io.BytesIO(picture), filename=PICTURE_FILENAME))
        return files

    return opened


async def with_picture_if_taken(send: Send[T], picture: bytes | None) -> T:
    """Send a message with its picture, or without one where none is taken.

    Raises:
        MessengerError: If it was not sent, or nobody knows.
    """
    if picture is not None:
        try:
            return await send(with_picture=True)
        except _NO_PICTURES_HERE as error:
            log.warning("picture not posted", reason=str(error))
    return await send(with_picture=False)
