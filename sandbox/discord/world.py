"""The servers, channels and people there are, and every way they change.

Each change is told to the bot as Discord would tell it. What people *do* in this
world (messages, commands) is not known here.
"""

from collections.abc import Iterable

from sandbox.discord import permissions
from sandbox.discord.dispatches import DispatchLine
from sandbox.discord.herald import Herald
from sandbox.discord.payloads import (
    guild_create_payload,
    guild_payload,
    member_payload,
)
from sandbox.discord.permissions import NO_PERMISSION, Permission
from sandbox.discord.records import (
    THREADS,
    Channel,
    ChannelKind,
    Guild,
    Member,
    NsfwLevel,
    Overwrite,
    Role,
    User,
)
from sandbox.discord.wire import Json, Mint

BOT_PERMISSIONS = permissions.EVERYONE
"""What the role made by inviting the bot grants by default."""


class World:
    """All that exists apart from messages and commands."""

    def __init__(
        self, *, bot: User, mint: Mint, line: DispatchLine, now_s: float
    ) -> None:
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.guilds: dict[int, Guild] = {}
        self._channels: dict[int, Channel] = {}
        """Those of all servers and the direct conversations, by their ids."""
        self._mint = mint
        self._herald = Herald(bot, line)
        self._born_s = now_s

    # ---- looking -----------------------------------------------------------------

    def channel(self, channel_id: int) -> Channel | None:
        """Return a channel, thread or direct conversation; None if it is gone."""
        return self._channels.get(channel_id)

    def entity(self, entity_id: int) -> User | Role | Channel | None:
        """Return a person, a role or a channel; None if there is none of that id."""
        roles = (guild.roles.get(entity_id) for guild in self.guilds.values())
        role = next((one for one in roles if one), None)
        return self.users.get(entity_id) or role or self.channel(entity_id)

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the server a channel is in; None for a direct conversation."""
        return None if channel.guild_id is None else self.guilds.get(channel.guild_id)

    def bot_member(self, guild: Guild) -> Member | None:
        """Return the bot's membership; None where it is not."""
        return guild.members.get(self.bot.id)

    def guilds_with_bot(self) -> list[Guild]:
        """Return the servers the bot is in, oldest first."""
        return [one for one in self.guilds.values() if self.bot.id in one.members]

    def permissions(self, user: User, channel: Channel, now_s: float) -> int:
        """Return the bits a user has in a channel; 0 for who is not there."""
        guild = self.guild_of(channel)
        if guild is None:
            mine = channel.recipient is user or user is self.bot
            return int(permissions.EVERYONE) if mine else 0
        member = guild.members.get(user.id)
        if member is None:
            return 0
        return permissions.in_channel(guild, channel, member, now_s)

    def told_to_app(self, channel: Channel, now_s: float) -> int:
        """Return what an interaction says of the bot's permissions in a channel."""
        guild = self.guild_of(channel)
        if guild is None:
            return self.permissions(self.bot, channel, now_s)
        member = self.bot_member(guild)
        return permissions.told_to_app(guild, channel, member, now_s)

    # ---- people ------------------------------------------------------------------

    def add_user(self, name: str, *, locale: str = "en-US") -> User:
        """Let somebody have an account. They are in no server yet."""
        user = User(
            id=self._mint.new_id(),
            name=name.lower().replace(" ", "_"),
            display_name=name,
            locale=locale,
        )
        self.users[user.id] = user
        return user

    def add_member(
        self, guild: Guild, user: User, *, roles: Iterable[Role] = ()
    ) -> Member:
        """Let a user join a server. Adding the bot is telling it of the server."""
        member = Member(
            user=user,
            guild_id=guild.id,
            joined_s=self._born_s,
            role_ids={role.id for role in roles},
        )
        guild.members[user.id] = member
        if user is self.bot:
            self._herald.tell(guild, "GUILD_CREATE", self.guild_create(guild))
        else:
            self._herald.of_member(guild, "GUILD_MEMBER_ADD", member_payload(member))
        return member

    def set_roles(self, guild: Guild, user: User, roles: Iterable[Role]) -> None:
        """Give a member exactly these roles, and @everyone."""
        member = guild.members[user.id]
        member.role_ids = {role.id for role in roles}
        self._herald.of_member(guild, "GUILD_MEMBER_UPDATE", member_payload(member))

    def time_out(self, guild: Guild, user: User, until_s: float) -> None:
        """Silence a member until a moment, in seconds since 1970."""
        member = guild.members[user.id]
        member.timed_out_until_s = until_s
        self._herald.of_member(guild, "GUILD_MEMBER_UPDATE", member_payload(member))

    # ---- servers -----------------------------------------------------------------

    def add_guild(self, name: str, *, owner: User, with_bot: bool = True) -> Guild:
        """Found a server with its owner, @everyone and, unless told not to, the bot."""
        guild = Guild(id=self._mint.new_guild_id(), name=name, owner_id=owner.id)
        guild.roles[guild.id] = Role(
            id=guild.id,
            guild_id=guild.id,
            name="@everyone",
            permissions=int(permissions.EVERYONE),
            position=0,
        )
        self.guilds[guild.id] = guild
        self.add_member(guild, owner)
        if with_bot:
            self.add_bot(guild)
        return guild

    def add_commands(self, guild: Guild) -> None:
        """Let the app's commands be used in a server that the bot is not in.

        Its invitation asked for the scope of commands alone; the bot hears of it only
        by what people do there.
        """
        guild.has_commands = True

    def add_bot(self, guild: Guild, *, granted: Permission = BOT_PERMISSIONS) -> Member:
        """Invite the bot, with the role that its invitation asks for."""
        role = Role(
            id=self._mint.new_id(),
            guild_id=guild.id,
            name=self.bot.display_name,
            permissions=int(granted),
            managed=True,
        )
        guild.roles[role.id] = role
        return self.add_member(guild, self.bot, roles=[role])

    def remove_bot(self, guild: Guild) -> None:
        """Remove the bot. It hears nothing more of this server."""
        del guild.members[self.bot.id]
        self._herald.tell(guild, "GUILD_DELETE", {"id": str(guild.id)})

    def set_unavailable(self, guild: Guild) -> None:
        """Tell the bot of an outage of this server; `announce_guild` ends it."""
        self._herald.tell(
            guild, "GUILD_DELETE", {"id": str(guild.id), "unavailable": True}
        )

    def announce_guild(self, guild: Guild) -> None:
        """Tell the bot that a server it is in can be used again."""
        told = self.guild_create(guild) | {"unavailable": False}
        self._herald.tell(guild, "GUILD_CREATE", told)

    def guild_create(self, guild: Guild) -> Json:
        """Return what GUILD_CREATE says of a server that the bot has just joined.

        Only of one that it was in before it is also told that it is available
        (Discord docs: Guild Create).
        """
        me = guild.members[self.bot.id]
        return guild_create_payload(guild, me=me, channels=guild.channels.values())

    def set_boost_tier(self, guild: Guild, tier: int) -> None:
        """Let the server be boosted to a tier, 0 to 3."""
        guild.premium_tier = tier
        self._herald.tell(guild, "GUILD_UPDATE", guild_payload(guild))

    def set_nsfw_level(self, guild: Guild, level: NsfwLevel) -> None:
        """Change the whole server's age rating."""
        guild.nsfw_level = level
        self._herald.tell(guild, "GUILD_UPDATE", guild_payload(guild))

    def set_locale(self, guild: Guild, locale: str) -> None:
        """Let the server choose its language."""
        guild.locale = locale
        self._herald.tell(guild, "GUILD_UPDATE", guild_payload(guild))

    def set_system_channel(self, guild: Guild, channel: Channel | None) -> None:
        """Choose where Discord itself tells the server things; None = nowhere."""
        guild.system_channel_id = None if channel is None else channel.id
        self._herald.tell(guild, "GUILD_UPDATE", guild_payload(guild))

    def open_command(self, guild: Guild, name: str, *, to_all: bool = True) -> None:
        """Let the admins open a command to everyone, or close it to all but admins."""
        guild.command_openings[name] = to_all

    # ---- roles -------------------------------------------------------------------

    def add_role(
        self,
        guild: Guild,
        name: str,
        *,
        granted: Permission = NO_PERMISSION,
        mentionable: bool = False,
    ) -> Role:
        """Let the server have another role."""
        role = Role(
            id=self._mint.new_id(),
            guild_id=guild.id,
            name=name,
            permissions=int(granted),
            position=len(guild.roles),
            mentionable=mentionable,
        )
        guild.roles[role.id] = role
        self._herald.of_role(guild, "GUILD_ROLE_CREATE", role)
        return role

    def set_role_permissions(
        self, guild: Guild, role: Role, granted: Permission
    ) -> None:
        """Let a role grant exactly these permissions."""
        role.permissions = int(granted)
        self._herald.of_role(guild, "GUILD_ROLE_UPDATE", role)

    def set_bot_permissions(self, guild: Guild, granted: Permission) -> None:
        """Let the bot, and nobody else, have exactly these permissions here.

        @everyone loses what the bot shall not have, because it is everyone too.
        """
        everyone = guild.roles[guild.id]
        theirs = Permission(everyone.permissions) & granted
        self.set_role_permissions(guild, everyone, theirs)
        for role_id in guild.members[self.bot.id].role_ids:
            self.set_role_permissions(guild, guild.roles[role_id], granted)

    def delete_role(self, guild: Guild, role: Role) -> None:
        """Take a role away from the server and from all who had it."""
        del guild.roles[role.id]
        for member in guild.members.values():
            member.role_ids.discard(role.id)
        for channel in guild.channels.values():
            channel.overwrites.pop(role.id, None)
        gone = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self._herald.tell(guild, "GUILD_ROLE_DELETE", gone)

    # ---- channels ----------------------------------------------------------------

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: ChannelKind = ChannelKind.TEXT,
        parent: Channel | None = None,
        nsfw: bool = False,
    ) -> Channel:
        """Let the server have another channel; a thread needs its parent.

        Raises:
            ValueError: If a thread is given no parent.
        """
        if kind in THREADS and parent is None:
            msg = "a thread hangs from a channel"
            raise ValueError(msg)
        channel = Channel(
            id=self._mint.new_id(),
            name=name,
            kind=kind,
            guild_id=guild.id,
            parent_id=parent.id if parent else None,
            nsfw=nsfw,
            position=len(guild.channels),
            owner_id=guild.owner_id,
        )
        guild.channels[channel.id] = channel
        self._channels[channel.id] = channel
        self._herald.of_channel(guild, "CREATE", channel)
        return channel

    def set_nsfw(self, channel: Channel, *, nsfw: bool) -> None:
        """Set or clear the age restriction of a channel."""
        channel.nsfw = nsfw
        self._herald.of_channel(self._home(channel), "UPDATE", channel)

    def rename_channel(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.name = name
        self._herald.of_channel(self._home(channel), "UPDATE", channel)

    def add_to_thread(self, thread: Channel, user: User) -> None:
        """Add somebody to a thread; the bot hears only of its own addition."""
        thread.thread_members.add(user.id)
        if user is self.bot:
            self._herald.of_channel(self._home(thread), "CREATE", thread)

    def set_archived(
        self, thread: Channel, *, archived: bool, locked: bool = False
    ) -> None:
        """Archive a thread or bring it back; only moderators reopen a locked one."""
        thread.archived = archived
        thread.locked = locked
        self._herald.of_channel(self._home(thread), "UPDATE", thread)

    def set_overwrite(
        self,
        channel: Channel,
        target: Role | User,
        *,
        allow: Permission = NO_PERMISSION,
        deny: Permission = NO_PERMISSION,
    ) -> None:
        """Give to or take from a role or a user in one channel, replacing the last."""
        channel.overwrites[target.id] = Overwrite(
            target_id=target.id,
            for_member=isinstance(target, User),
            allow=int(allow),
            deny=int(deny),
        )
        self._herald.of_channel(self._home(channel), "UPDATE", channel)

    def clear_overwrite(self, channel: Channel, target: Role | User) -> None:
        """Remove a role's or a user's overwrite in one channel."""
        channel.overwrites.pop(target.id, None)
        self._herald.of_channel(self._home(channel), "UPDATE", channel)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel, with its threads."""
        guild = self._home(channel)
        for thread in [*guild.channels.values()]:
            if thread.is_thread and thread.parent_id == channel.id:
                self.delete_channel(thread)
        del guild.channels[channel.id]
        del self._channels[channel.id]
        self._herald.of_channel(guild, "DELETE", channel)

    def dm_with(self, user: User) -> Channel:
        """Return the direct conversation of the bot with a user, opened if need be."""
        for known in self._channels.values():
            if known.recipient is user:
                return known
        channel = Channel(
            id=self._mint.new_id(), name="", kind=ChannelKind.DM, recipient=user
        )
        self._channels[channel.id] = channel
        return channel

    def _home(self, channel: Channel) -> Guild:
        guild = self.guild_of(channel)
        if guild is None:
            msg = "only channels of a server can be changed"
            raise ValueError(msg)
        return guild
