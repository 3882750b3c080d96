"""The first message in a server that has added the bot."""

from dataclasses import dataclass
from datetime import datetime

from bot.ids import GuildId


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A greeting that is still to be posted."""

    guild_id: GuildId
    intended_at: datetime | None
    """Before the first attempt to post it; None = none was made yet."""
    attempts: int
    fence: int
    """Of the latest claim: writes that carry an older one change nothing."""


def greeting_nonce(guild_id: GuildId) -> str:
    """Return the nonce of a greeting: at most 23 of Discord's 25 characters."""
    return f"hi-{guild_id}"
