"""Pictures that lie in Discord: which files are some, and how they are read.

They are read from Discord's own file servers alone, wherever a link would lead.
"""

import asyncio
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import discord
import structlog

from bot.errors import (
    FileTooLarge,
    MessageGone,
    MessengerDown,
    MessengerError,
    Refused,
)
from bot.jobs.jobs import Job
from bot.pictures.heif import HEIF_SUFFIXES
from bot.pictures.source import MOST_BYTES, PictureSource
from cogs.drawing.layout import PICTURE_FILENAME
from cogs.wire.discord_wire import DiscordWire

log = structlog.get_logger(__name__)

TRIES = 3
TRY_WITHIN_S = 15.0
PAUSE_S = 1.0
_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", *HEIF_SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file as Discord tells of it."""

    url: str = field(repr=False)
    """Signed, and dead after a day."""
    filename: str
    size: int | None
    content_type: str | None
    pixels: tuple[int, int] | None = None
    """Width and height, where Discord could read them."""

    @property
    def is_picture(self) -> bool:
        """Whether Discord takes it for a picture; what is in it is seen later."""
        if self.content_type is not None:
            return self.content_type.startswith("image/")
        return self.filename.lower().endswith(_SUFFIXES)


class Attached(Protocol):
    """What discord.py says of a file in a message, or of one for an option."""

    url: str
    filename: str
    size: int
    content_type: str | None
    width: int | None
    height: int | None


def attached(file: Attached) -> AttachedFile:
    """Return a file of discord.py's as ours."""
    return AttachedFile(
        url=file.url,
        filename=file.filename,
        size=file.size,
        content_type=file.content_type,
        pixels=_pixels(file.width, file.height),
    )


def _pixels(width: object, height: object) -> tuple[int, int] | None:
    if not isinstance(width, int) or not isinstance(height, int):
        return None
    return (width, height) if width > 0 and height > 0 else None


def as_json(message: discord.Message) -> Mapping[str, Any]:
    """Return the parts of a discord.py message that may show a picture."""
    return {
        "attachments": [one.to_dict() for one in message.attachments],
        "components": [one.to_dict() for one in message.components],
    }


def uploaded(sent: Mapping[str, Any], attachment_id: str | None) -> AttachedFile | None:
    """Return a file that was chosen in a form, from the data of its interaction."""
    resolved = sent.get("resolved") or {}
    told = (resolved.get("attachments") or {}).get(attachment_id)
    if not isinstance(told, Mapping):
        return None
    return AttachedFile(
        url=str(told.get("url")),
        filename=str(told.get("filename")),
        size=told.get("size"),
        content_type=told.get("content_type"),
        pixels=_pixels(told.get("width"), told.get("height")),
    )


def shown_picture(raw: Mapping[str, Any]) -> AttachedFile | None:
    """Return the picture beside a clip, from the JSON of the message."""
    return shown_file(raw, PICTURE_FILENAME)


def shown_file(raw: Mapping[str, Any], filename: str) -> AttachedFile | None:
    """Return a file that a message of ours shows, by its name, from its JSON.

    Discord tells of it where it is shown, and of others where it is attached.
    """
    files = (_shown_file(media) for media in _media(raw))
    return next((one for one in files if one.filename == filename), None)


def _shown_file(media: Mapping[str, Any]) -> AttachedFile:
    url = str(media.get("url"))
    return AttachedFile(
        url=url,
        filename=unquote(urlsplit(url).path.rsplit("/", 1)[-1]),
        size=media.get("size"),
        content_type=media.get("content_type"),
        pixels=_pixels(media.get("width"), media.get("height")),
    )


def _media(part: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        if isinstance(part.get("url"), str):
            yield part
        yield from _media(list(part.values()))
    elif isinstance(part, list):
        for one in part:
            yield from _media(one)


class DiscordPictures:
    """Reads pictures from Discord's file servers."""

    def __init__(self, wire: DiscordWire, *, api_base: str) -> None:
        """Keep the way to Discord, and where its API is.

        A stand-in for Discord's API has files on the same address.
        """
        self._wire = wire
        parts = urlsplit(api_base)
        self._own = (parts.scheme, parts.netloc)

    def source(self, file: AttachedFile) -> PictureSource:
        """Return a file as the picture of a request. Nothing is read yet."""
        return _DiscordPicture(pictures=self, file=file)

    def first_in(self, message: discord.Message) -> AttachedFile | None:
        """Return the first picture that was posted with a message.

        Apps show theirs in parts of the message, and Discord tells of them only there.
        What such a part shows may lie anywhere: then it is not Discord's to give.
        """
        files = [attached(one) for one in message.attachments]
        files += map(_shown_file, _media(as_json(message)["components"]))
        return next(
            (one for one in files if one.is_picture and self._is_discords(one.url)),
            None,
        )

    async def read(self, file: AttachedFile) -> bytes:
        """Return a file's bytes.

        Raises:
            Refused: If it is too large, gone or not Discord's, or if Discord fails time
                and again to give it out.
        """
        into = io.BytesIO()
        try:
            await self.save(file, into, most_bytes=MOST_BYTES, within_s=TRY_WITHIN_S)
        except MessageGone as error:
            raise Refused("refused-picture-gone") from error
        except FileTooLarge as error:
            raise Refused("refused-picture-large") from error
        except MessengerError as error:
            raise Refused("refused-picture-unread") from error
        return into.getvalue()

    async def of_clip(self, job: Job) -> bytes | None:
        """Return the picture that the message with a job's clip shows.

        Returns None if there is none, or Discord does not give it out now.
        """
        if job.request.picture is None or job.clip_message_id is None:
            return None
        try:
            async with self._wire.asking("read clip"):
                raw = await self._wire.message(job.channel_id, job.clip_message_id)
            file = shown_picture(raw)
            return None if file is None else await self.read(file)
        except (MessengerError, Refused) as error:
            log.info("picture of a clip not read", job_id=job.id, reason=str(error))
            return None

    async def save(
        self, file: AttachedFile, into: BinaryIO, *, most_bytes: int, within_s: float
    ) -> None:
        """Write a file's bytes into an empty one, in a few tries of so many seconds.

        Raises:
            MessageGone: If it is gone, or not Discord's.
            FileTooLarge: If there are more than `most_bytes`.
            MessengerError: If Discord fails time and again to give it out.
        """
        if not self._is_discords(file.url):
            msg = "read picture: not Discord's"
            raise MessageGone(msg)
        for tries in range(1, TRIES + 1):
            try:
                async with self._wire.asking("read picture", within_s=within_s):
                    await self._wire.download(file.url, into, most_bytes=most_bytes)
            except MessengerDown as error:
                log.info("picture not read", tries=tries, reason=str(error))
                if tries == TRIES:
                    raise
                await asyncio.sleep(PAUSE_S * tries)
                into.seek(0)
                into.truncate()
            else:
                return

    def _is_discords(self, url: str) -> bool:
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) == self._own:
            return True
        return parts.scheme == "https" and parts.netloc in _HOSTS


@dataclass(frozen=True, slots=True, kw_only=True)
class _DiscordPicture:
    """Implements `bot.pictures.source.PictureSource`."""

    pictures: DiscordPictures
    file: AttachedFile

    @property
    def size(self) -> int | None:
        return self.file.size

    @property
    def content_type(self) -> str | None:
        return self.file.content_type

    @property
    def has_own_turns(self) -> bool:
        return False

    async def read(self) -> bytes:
        return await self.pictures.read(self.file)
