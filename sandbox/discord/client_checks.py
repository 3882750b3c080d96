"""What a person's own client lets them do, before the bot hears of anything.

Source: Discord docs, "Application Commands": permissions, contexts, age restriction.
"""

from collections.abc import Callable
from contextlib import suppress

from sandbox.discord.commands import Command, CommandRegistry
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.messages import Message
from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, User
from sandbox.discord.sight import Button
from sandbox.discord.world import World


class ClientChecks:
    """Finds commands and buttons for a person, or refuses as their client does."""

    def __init__(
        self, world: World, registry: CommandRegistry, now_s: Callable[[], float]
    ) -> None:
        self._world = world
        self._registry = registry
        self._now_s = now_s

    def usable(self, user: User, channel: Channel, kind: int, name: str) -> Command:
        """Return a command if this person may use it in this place.

        Raises:
            ClientRefused: If it is not there, not for here, or not for them.
        """
        guild = self._world.guild_of(channel)
        visible = self._registry.visible_in(channel.guild_id)
        if guild is not None and self._world.bot_member(guild) is None:
            visible = visible if guild.has_commands else []
        named = [one for one in visible if (one.kind, one.name) == (kind, name)]
        if not named:
            msg = f"there is no command {name!r} here"
            raise ClientRefused(msg)
        command = named[0]
        self._check_place(command, channel)
        self._check_person(command, user, channel)
        return command

    def offered(self, user: User, channel: Channel) -> list[Command]:
        """Return the commands of every kind that this person finds in this place."""
        found = []
        for command in self._registry.visible_in(channel.guild_id):
            with suppress(ClientRefused):
                found.append(self.usable(user, channel, command.kind, command.name))
        return found

    def _check_place(self, command: Command, channel: Channel) -> None:
        guild = self._world.guild_of(channel)
        contexts = command.stated["contexts"]
        if contexts is None:
            contexts = [0, 1] if command.stated["dm_permission"] else [0]
        if (1 if guild is None else 0) not in contexts:
            msg = f"{command.name!r} is not for this kind of place"
            raise ClientRefused(msg)
        if command.stated["nsfw"] and guild and not guild.is_age_restricted(channel):
            msg = f"{command.name!r} is for age-restricted places only"
            raise ClientRefused(msg)

    def _check_person(self, command: Command, user: User, channel: Channel) -> None:
        bits = self._bits(user, channel)
        needed = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
        if bits & needed != needed:
            msg = f"{user.name} may use no commands here"
            raise ClientRefused(msg)
        guild = self._world.guild_of(channel)
        if guild is None or bits & Permission.ADMINISTRATOR:
            return
        opened = guild.command_openings.get(command.name)
        if opened is None:
            wanted = command.needed_permissions
            opened = wanted is None or (wanted != 0 and bits & wanted == wanted)
        if not opened:
            msg = f"{user.name} may not use {command.name!r}"
            raise ClientRefused(msg)

    def reachable(self, user: User, message: Message, name: str) -> Button:
        """Return a button or menu if this person can use it.

        Raises:
            ClientRefused: If they do not see the message or it is disabled.
            LookupError: If there is none of that name.
        """
        channel = self.channel(message.channel_id)
        self.check_sees(user, channel, message)
        found = message.button(name)
        if found.disabled:
            msg = f"{name!r} is disabled"
            raise ClientRefused(msg)
        return found

    def check_sees(self, user: User, channel: Channel, message: Message) -> None:
        """Do nothing if this person has the message before them.

        Raises:
            ClientRefused: If it is gone or they do not see it.
        """
        if message.deleted:
            msg = "the message is gone"
            raise ClientRefused(msg)
        hidden = message.ephemeral and message.ephemeral_for is not user
        if hidden or not self._bits(user, channel) & Permission.VIEW_CHANNEL:
            msg = f"{user.name} does not see that message"
            raise ClientRefused(msg)

    def channel(self, channel_id: int) -> Channel:
        """Return a channel.

        Raises:
            ClientRefused: If it is gone.
        """
        channel = self._world.channel(channel_id)
        if channel is None:
            msg = "the channel is gone"
            raise ClientRefused(msg)
        return channel

    def _bits(self, user: User, channel: Channel) -> int:
        return self._world.permissions(user, channel, self._now_s())
