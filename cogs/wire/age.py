"""Whether Discord says that a place is for adults."""

from typing import Any

import discord

_ADULT_LEVELS = frozenset(
    {discord.NSFWLevel.explicit.value, discord.NSFWLevel.age_restricted.value}
)


def is_adult_level(level: int | None) -> bool:
    """Return whether a server of this level, by Discord's number, is age-restricted."""
    return level in _ADULT_LEVELS


def is_for_adults(guild: discord.Guild | None, channel: Any) -> bool:  # noqa: ANN401 - any kind of channel, or none
    """Return whether a place is age-restricted, by what discord.py knows of it."""
    if guild is not None and is_adult_level(guild.nsfw_level.value):
        return True
    # A thread answers for its parent. One whose parent we cannot see is not restricted.
    is_nsfw = getattr(channel, "is_nsfw", None)
    return bool(is_nsfw and is_nsfw())
