"""Who acts, and what they may do."""

from dataclasses import dataclass

from bot.errors import NotAllowed
from bot.ids import GuildId, UserId

FORGOTTEN = UserId(0)
"""The user id of erased members' jobs; nobody has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A member who pressed a button or typed a command, with what Discord says of them.

    Taken from the interaction itself, never from a custom_id, which can be forged.
    """

    user_id: UserId
    guild_id: GuildId
    is_moderator: bool
    """Has Moderate Members or Manage Server."""
    is_manager: bool
    """Has Manage Server."""
    role_ids: frozenset[int] = frozenset()
    """The member's roles, the one that everybody has included."""


def require_moderator(actor: Actor) -> None:
    """Let only those pass who have Moderate Members or Manage Server.

    Raises:
        NotAllowed: Otherwise.
    """
    if not actor.is_moderator:
        raise NotAllowed("not-allowed-moderators")


def require_manager(actor: Actor) -> None:
    """Let only those pass who have Manage Server.

    Raises:
        NotAllowed: Otherwise.
    """
    if not actor.is_manager:
        raise NotAllowed("not-allowed-managers")
