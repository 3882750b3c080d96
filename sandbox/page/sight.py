"""What one person sees of the world: servers, channels, people, commands.

How a message is drawn is not known here, only whether this person sees it.
"""

from collections.abc import Iterable

from sandbox.discord.commands import Command
from sandbox.discord.messages import Message
from sandbox.discord.permissions import Permission, sending
from sandbox.discord.records import Channel, ChannelKind, Guild, Role, User
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.wire import Json
from sandbox.page.notation import Names

HUES = (212, 152, 28, 330, 268, 96, 188)
"""Colours of the avatars, degrees on the wheel."""


class Sight:
    """The world through one person's eyes, as JSON for the page."""

    def __init__(self, discord: DiscordSandbox, viewer: User) -> None:
        self._discord = discord
        self.viewer = viewer

    # ---- what they may see -----------------------------------------------------------

    def bits(self, channel: Channel) -> int:
        """Return their permissions in a channel."""
        now_s = self._discord.clock.now_s()
        return self._discord.world.permissions(self.viewer, channel, now_s)

    def sees_channel(self, channel: Channel) -> bool:
        """Whether the channel is in their list."""
        return bool(self.bits(channel) & Permission.VIEW_CHANNEL)

    def sees(self, message: Message) -> bool:
        """Whether the message is before them."""
        channel = self._discord.world.channel(message.channel_id)
        if channel is None or message.deleted or not self.sees_channel(channel):
            return False
        return message.ephemeral_for in {None, self.viewer}

    def may_write(self, channel: Channel) -> bool:
        """Whether they may post there."""
        return bool(self.bits(channel) & sending(channel))

    def may_delete(self, message: Message) -> bool:
        """Whether their menu offers to delete a message."""
        channel = self._discord.world.channel(message.channel_id)
        if message.author is self.viewer:
            return True
        if channel is None or message.ephemeral:
            return False
        return bool(self.bits(channel) & Permission.MANAGE_MESSAGES)

    @property
    def names(self) -> Names:
        """Who and what ids in a text stand for, as far as they know it."""
        world = self._discord.world

        def user(user_id: int) -> str | None:
            found = world.users.get(user_id)
            return found.display_name if found else None

        def role(role_id: int) -> str | None:
            roles = (guild.roles.get(role_id) for guild in world.guilds.values())
            return next((one.name for one in roles if one), None)

        def channel(channel_id: int) -> str | None:
            found = world.channel(channel_id)
            return found.name if found and self.sees_channel(found) else None

        return Names(user=user, role=role, channel=channel)

    # ---- as JSON ---------------------------------------------------------------------

    def world(self, people: Iterable[User]) -> Json:
        """Return all that stands around the conversation."""
        return {
            "me": self.person(self.viewer) | {"locale": self.viewer.locale},
            "people": [self.person(one) for one in people],
            "guilds": [
                self._guild(one)
                for one in self._discord.world.guilds.values()
                if self.viewer.id in one.members
            ],
        }

    def person(self, user: User, guild: Guild | None = None) -> Json:
        """Return somebody, with their highest role."""
        guilds = [guild] if guild else self._discord.world.guilds.values()
        roles = [role for one in guilds for role in _roles(one, user)]
        return {
            "id": str(user.id),
            "name": user.display_name,
            "bot": user.bot,
            "hue": HUES[list(self._discord.world.users).index(user.id) % len(HUES)],
            "role": roles[0].name if roles and not user.bot else None,
        }

    def channel(self, channel: Channel) -> Json:
        """Return a channel with what they can do in it."""
        return {
            **self._channel(channel),
            "may_write": self.may_write(channel),
            "commands": [_command(one) for one in self.offered(channel)],
        }

    def offered(self, channel: Channel) -> list[Command]:
        """Return the commands that they find in a channel, by name."""
        return sorted(
            self._discord.offered(self.viewer, channel), key=lambda one: one.name
        )

    def _guild(self, guild: Guild) -> Json:
        members = [member.user for member in guild.members.values()]
        return {
            "id": str(guild.id),
            "name": guild.name,
            "channels": [
                self._channel(one)
                for one in _in_order(guild)
                if self.sees_channel(one) and one.kind is not ChannelKind.CATEGORY
            ],
            "members": [self.person(one, guild) for one in members],
            "roles": [
                {"id": str(role.id), "name": role.name}
                for role in guild.roles.values()
                if not role.managed
            ],
        }

    def _channel(self, channel: Channel) -> Json:
        guild = self._discord.world.guild_of(channel)
        everyone = guild.roles[guild.id] if guild else None
        overwrite = channel.overwrites.get(everyone.id) if everyone else None
        hidden = overwrite is not None and overwrite.deny & Permission.VIEW_CHANNEL
        return {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "name": channel.name,
            "kind": int(channel.kind),
            "thread": channel.is_thread,
            "parent_id": str(channel.parent_id) if channel.parent_id else None,
            "nsfw": bool(guild and guild.is_age_restricted(channel)),
            "private": bool(hidden),
        }


def _roles(guild: Guild, user: User) -> list[Role]:
    member = guild.members.get(user.id)
    ids = member.role_ids if member else set()
    held = [guild.roles[one] for one in ids]
    return sorted(held, key=lambda role: -role.position)


def _in_order(guild: Guild) -> list[Channel]:
    """Return channels, each followed by the threads that hang from it."""
    tops = [one for one in guild.channels.values() if not one.is_thread]
    ordered: list[Channel] = []
    for top in sorted(tops, key=lambda one: one.position):
        ordered.append(top)
        ordered += [
            one
            for one in guild.channels.values()
            if one.is_thread and one.parent_id == top.id
        ]
    return ordered


def _command(command: Command) -> Json:
    stated = command.stated
    keys = ("name", "name_localizations", "description", "description_localizations")
    return {
        "id": str(command.id),
        "kind": command.kind,
        "options": stated["options"],
        **{key: stated[key] for key in keys},
    }
