"""The picture that a clip begins with: where it is from, and whose it is."""

from dataclasses import dataclass
from enum import StrEnum

from bot.ids import UserId


class PictureKind(StrEnum):
    """Where a picture is from. The values are stored and must never change."""

    ATTACHED = "attached"
    """The requester attached it to the request."""
    POSTED = "posted"
    """It was in a message that stands in the channel."""
    FRAME = "frame"
    """The last frame of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureUse:
    """That a clip begins with a picture. The picture itself is kept elsewhere."""

    kind: PictureKind
    owner_id: UserId | None
    """Who attached or posted it. Of a frame: whose picture its clip began with, or None
    where that was made from words alone. Nobody's id if its owner asked to be
    forgotten."""
