"""Where a request was made, and whether the job could end there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """What Clapper must be allowed in a place, by Discord's names."""

    VIEW_CHANNEL = "view_channel"
    CONNECT = "connect"
    """Only in voice and stage channels: without it nobody sees their chat."""
    SEND_MESSAGES = "send_messages"
    SEND_MESSAGES_IN_THREADS = "send_messages_in_threads"
    ATTACH_FILES = "attach_files"
    EMBED_LINKS = "embed_links"
    READ_MESSAGE_HISTORY = "read_message_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel or thread as Discord described it with the interaction."""

    is_in_server: bool
    """Clapper is a member. A server may have its commands alone."""
    takes_messages: bool
    """Its kind is one that people write in, and one that we know."""
    is_thread: bool
    is_voice: bool
    """A voice or stage channel."""
    is_hidden: bool
    """A private thread that Clapper has not been added to."""
    timed_out_until: datetime | None
    """Until when Clapper itself may not write in this server."""
    is_closed: bool
    """A thread that is locked or archived: nobody may post there."""
    is_age_restricted: bool
    """The channel's flag, a thread's parent's, or the whole server's level."""
    allowed: frozenset[Permission]
    """What Clapper itself may do there."""


def place_fault(place: Place, now: datetime) -> str | None:
    """Return the id of the text that says why no clip can be posted there, if so.

    `missing_permissions` names what a moderator has to allow. The permissions that
    Discord reports do not cover these faults.
    """
    if not place.is_in_server:
        return "refused-not-a-member"
    if not place.takes_messages:
        return "refused-channel-kind"
    if place.is_hidden:
        return "refused-thread-private"
    if place.is_closed:
        return "refused-thread-closed"
    if place.timed_out_until is not None and place.timed_out_until > now:
        return "refused-timed-out"
    return None


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
        *((Permission.CONNECT,) if place.is_voice else ()),
        send,
        Permission.ATTACH_FILES,
        Permission.EMBED_LINKS,
        Permission.READ_MESSAGE_HISTORY,
    )
    return tuple(one for one in needed if one not in place.allowed)
