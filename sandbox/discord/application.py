"""The application that the bot belongs to, as far as others see what it may do."""

from collections.abc import Callable
from enum import IntFlag

from sandbox.discord.commands import CommandRegistry
from sandbox.discord.dispatches import Intent


class ApplicationFlag(IntFlag):
    """What is marked on an application (Discord docs: Application Flags)."""

    GATEWAY_PRESENCE_LIMITED = 1 << 13
    GATEWAY_GUILD_MEMBERS_LIMITED = 1 << 15
    GATEWAY_MESSAGE_CONTENT_LIMITED = 1 << 19
    APPLICATION_COMMAND_BADGE = 1 << 23
    """It has a global command."""


_OF_INTENTS = {
    Intent.GUILD_PRESENCES: ApplicationFlag.GATEWAY_PRESENCE_LIMITED,
    Intent.GUILD_MEMBERS: ApplicationFlag.GATEWAY_GUILD_MEMBERS_LIMITED,
    Intent.MESSAGE_CONTENT: ApplicationFlag.GATEWAY_MESSAGE_CONTENT_LIMITED,
}


def application_flags(
    granted: Intent, commands: CommandRegistry
) -> Callable[[], ApplicationFlag]:
    """Return what tells the flags of an application as they are now.

    Args:
        granted: The privileged intents that it may ask for.
        commands: Those it registered.
    """

    def flags() -> ApplicationFlag:
        found = ApplicationFlag(0)
        for intent, flag in _OF_INTENTS.items():
            if intent in granted:
                found |= flag
        if commands.within(None):
            found |= ApplicationFlag.APPLICATION_COMMAND_BADGE
        return found

    return flags
