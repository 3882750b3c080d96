"""Checks who may decide; admins can open a command to anyone in Discord."""

from bot.errors import NotAllowed
from bot.servers.people import Actor


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
