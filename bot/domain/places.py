"""Where a request was made, and whether the job could end there."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What Clapper must be allowed in a place, by Discord's names."""

    VIEW_CHANNEL = "view_channel"
    SEND_MESSAGES = "send_messages"
    SEND_MESSAGES_IN_THREADS = "send_messages_in_threads"
    ATTACH_FILES = "attach_files"
    EMBED_LINKS = "embed_links"
    READ_MESSAGE_HISTORY = "read_message_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel or thread as Discord described it with the interaction."""

    is_thread: bool
    is_closed: bool
    """A thread that is locked or archived: nobody may post there."""
    is_age_restricted: bool
    """The channel's flag, a thread's parent's, or the whole server's level."""
    allowed: frozenset[Permission]
    """What Clapper itself may do there."""


def missing_permissions(place: Place) -> tuple[Permission, ...]:
    """Return what Clapper lacks in a place to see a job through, in a fixed order.

    Checked before anything is recorded: a clip that is paid for must have a place to
    go. Answering a command works without any of these; the later message does not.
    """
    send = (
        Permission.SEND_MESSAGES_IN_THREADS
        if place.is_thread
        else Permission.SEND_MESSAGES
    )
    needed = (
        Permission.VIEW_CHANNEL,
        send,
        Permission.ATTACH_FILES,
        Permission.EMBED_LINKS,
        Permission.READ_MESSAGE_HISTORY,
    )
    return tuple(one for one in needed if one not in place.allowed)
