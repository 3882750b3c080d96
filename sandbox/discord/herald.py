"""Tells the bot, in Discord's events, of changes in the servers it is in."""

from sandbox.discord.dispatches import Dispatch, DispatchLine, Intent
from sandbox.discord.payloads import channel_payload, role_payload
from sandbox.discord.records import Channel, Guild, Role, User
from sandbox.discord.wire import Json


class Herald:
    """Knows who the bot is and what it may be told."""

    def __init__(self, bot: User, line: DispatchLine) -> None:
        self._bot = bot
        self._line = line

    def tell(
        self, guild: Guild, name: str, payload: Json, intent: Intent = Intent.GUILDS
    ) -> None:
        """Tell the bot, if it is in the server or is just being told that it is not."""
        if self._bot.id not in guild.members and name != "GUILD_DELETE":
            return
        dispatch = Dispatch(
            name=name, payload=payload, guild_id=guild.id, intent=intent
        )
        self._line.send(dispatch)

    def of_channel(self, guild: Guild, what: str, channel: Channel) -> None:
        """Tell of a channel or thread: CREATE, UPDATE or DELETE."""
        noun = "THREAD" if channel.is_thread else "CHANNEL"
        payload = channel_payload(channel)
        if (noun, what) == ("THREAD", "CREATE"):
            # Without this field a client takes the thread for an old one.
            payload["newly_created"] = True
        self.tell(guild, f"{noun}_{what}", payload)

    def of_role(self, guild: Guild, name: str, role: Role) -> None:
        """Tell of a role, whole."""
        payload = {"guild_id": str(guild.id), "role": role_payload(role)}
        self.tell(guild, name, payload)

    def of_member(self, guild: Guild, name: str, payload: Json) -> None:
        """Tell of a member; the bot hears of itself without the members intent.

        Source: Discord docs, "Guild Member Update".
        """
        mine = payload["user"]["id"] == str(self._bot.id)
        intent = Intent.GUILDS if mine else Intent.GUILD_MEMBERS
        self.tell(guild, name, payload | {"guild_id": str(guild.id)}, intent)
