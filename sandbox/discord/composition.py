"""What one version of a message consists of, its files included."""

import mimetypes
import re
from dataclasses import dataclass, field
from enum import IntFlag

from sandbox.discord.components import ATTACHMENT_SCHEME, media_of, media_url, walk
from sandbox.discord.picture_size import picture_size
from sandbox.discord.wire import Json

_STRANGE = re.compile(r"[^\w.\-]")


class MessageFlag(IntFlag):
    """What is marked on a message (Discord docs: Message Flags)."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An uploaded file."""

    id: int
    channel_id: int
    filename: str
    data: bytes = field(repr=False)
    description: str | None = None
    spoiler: bool = False
    ephemeral: bool = False
    """Uploaded for an option or a form, and part of no message."""

    @property
    def size_px(self) -> tuple[int, int] | None:
        """Width and height, where it is a picture that Discord can read."""
        return picture_size(self.data)

    @property
    def content_type(self) -> str:
        """The kind of file as its name has it; what is in it may be something else."""
        guess, _ = mimetypes.guess_type(self.filename)
        return guess or "application/octet-stream"

    @property
    def reference(self) -> str:
        """How components and embeds name it."""
        return f"{ATTACHMENT_SCHEME}{self.filename}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """One version of what a message says."""

    at_s: float
    """Since when it says so, in seconds since 1970."""
    content: str = ""
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    """As sent, each with its numeric id, files still as attachment://NAME."""
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components alone."""
        return bool(self.flags & MessageFlag.COMPONENTS_V2)

    @property
    def is_empty(self) -> bool:
        """Whether there would be nothing to see."""
        if self.is_v2:
            return not self.components
        parts = (self.content, self.embeds, self.components, self.attachments)
        return not any(parts)


def kept_name(name: str) -> str:
    """Return what Discord makes of a file's name: letters, digits and _.- stay."""
    return _STRANGE.sub("", name.replace(" ", "_")) or "unknown"


def referenced(composition: Composition) -> set[str]:
    """Return all addresses that components and embeds show."""
    urls = {
        media_url(item)
        for component in walk(composition.components)
        for item in media_of(component)
    }
    for embed in composition.embeds:
        for part in ("image", "thumbnail", "video"):
            if isinstance(embed.get(part), dict):
                urls.add(str(embed[part].get("url")))
    return urls
