"""What Discord lets a member do in a channel. Arithmetic on its own JSON, no network.

Discord docs: "Permissions", sections "Permission Overwrites" and "Implicit
Permissions".
"""

from collections.abc import Iterable, Mapping
from enum import IntFlag
from typing import Any


class Permission(IntFlag):
    """The bits that matter to us."""

    ADMINISTRATOR = 1 << 3
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    SEND_MESSAGES_IN_THREADS = 1 << 38

    @property
    def title(self) -> str:
        """The name that Discord's settings show."""
        return (self.name or "").replace("_", " ").title().replace(" In ", " in ")


NEEDED = (
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.SEND_MESSAGES_IN_THREADS,
)
"""What Clapper needs where it works: posting clips, in threads too, and finding its own
messages again after a crash."""

EVERYTHING = Permission(sum(Permission))


def of_guild(
    roles: Iterable[Mapping[str, Any]], held: Iterable[str], guild_id: str
) -> Permission:
    """Return what the roles give, before any channel's overwrites.

    `held` are the ids of a member's roles; everyone holds the guild's own besides.
    """
    mine = {*held, guild_id}
    bits = Permission(0)
    for role in roles:
        if role["id"] in mine:
            bits |= Permission(int(role["permissions"]) & EVERYTHING)
    return EVERYTHING if Permission.ADMINISTRATOR in bits else bits


def of_channel(
    base: Permission,
    overwrites: Iterable[Mapping[str, Any]],
    held: Iterable[str],
    *,
    guild_id: str,
    member_id: str | None,
) -> Permission:
    """Return what is left, or added, by a channel's overwrites.

    They apply in this order: everyone's, those of all roles together, the member's.
    """
    if Permission.ADMINISTRATOR in base:
        return EVERYTHING
    by_id = {overwrite["id"]: overwrite for overwrite in overwrites}
    steps = ([guild_id], [role for role in held if role != guild_id], [member_id])
    for ids in steps:
        found = [by_id[one] for one in ids if one in by_id]
        for overwrite in found:
            base &= ~Permission(int(overwrite["deny"]) & EVERYTHING)
        for overwrite in found:
            base |= Permission(int(overwrite["allow"]) & EVERYTHING)
    return base if Permission.VIEW_CHANNEL in base else Permission(0)


def missing(held: Permission) -> list[Permission]:
    """Return what Clapper needs and does not hold, in the order of `NEEDED`."""
    return [permission for permission in NEEDED if permission not in held]
