"""How interactions look in Discord's JSON."""

from sandbox.discord.board import Board
from sandbox.discord.clock import Clock
from sandbox.discord.interactions import Interaction
from sandbox.discord.invocation import Referred
from sandbox.discord.message_payloads import MessagePayloads
from sandbox.discord.messages import Message
from sandbox.discord.payloads import (
    channel_payload,
    member_payload,
    partial_member_payload,
    role_payload,
    user_payload,
)
from sandbox.discord.records import Channel, Guild, User
from sandbox.discord.wire import Json
from sandbox.discord.world import World


class InteractionPayloads:
    """Writes what INTERACTION_CREATE carries."""

    def __init__(
        self, world: World, board: Board, writer: MessagePayloads, clock: Clock
    ) -> None:
        self._world = world
        self._board = board
        self._writer = writer
        self._clock = clock

    def written(self, interaction: Interaction, locale: str) -> Json:
        """Return an interaction as the bot is told of it."""
        guild, channel, user = interaction.guild, interaction.channel, interaction.user
        now_s = self._clock.now_s()
        bot_bits = self._world.told_to_app(channel, now_s)
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self._world.bot.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": self._seen_by(user, channel),
            "locale": locale,
            "app_permissions": str(bot_bits),
            "attachment_size_limit": interaction.attachment_limit_bytes,
            "entitlements": [],
            "authorizing_integration_owners": owners(guild),
            "context": 1 if guild is None else 0,
        }
        if interaction.source is not None:
            payload["message"] = self._board.full_payload(interaction.source)
        if guild is None:
            return payload | {"user": user_payload(user)}
        bits = str(self._world.permissions(user, channel, now_s))
        member = member_payload(guild.members[user.id]) | {"permissions": bits}
        features: list[str] = []
        about = {"id": str(guild.id), "locale": guild.locale, "features": features}
        return payload | {
            "guild_id": str(guild.id),
            "guild_locale": guild.locale,
            "guild": about,
            "member": member,
        }

    def message(self, message: Message) -> Json:
        """Return a message in full, as the menu of a message carries it."""
        return self._board.full_payload(message)

    def resolved(self, referred: Referred, guild: Guild | None, reader: User) -> Json:
        """Return in full what an interaction's data names by id; empty if nothing."""
        members = guild.members if guild else {}
        now_s = self._clock.now_s()
        known = [one for one in referred.users if one.id in members]
        bits = {one.id: self._bits(one, guild, now_s) for one in known}
        parts: Json = {
            "users": {str(one.id): user_payload(one) for one in referred.users},
            "members": {
                str(one.id): partial_member_payload(members[one.id])
                | {"permissions": bits[one.id]}
                for one in known
            },
            "roles": {str(one.id): role_payload(one) for one in referred.roles},
            "channels": {
                str(one.id): self._seen_by(reader, one) for one in referred.channels
            },
            "attachments": {
                str(one.id): self._writer.attachment(one)
                for one in referred.attachments
            },
        }
        return {name: part for name, part in parts.items() if part}

    def _bits(self, user: User, guild: Guild | None, now_s: float) -> str:
        if guild is None or not guild.channels:
            return "0"
        somewhere = next(iter(guild.channels.values()))
        return str(self._world.permissions(user, somewhere, now_s))

    def _seen_by(self, user: User, channel: Channel) -> Json:
        bits = self._world.permissions(user, channel, self._clock.now_s())
        return channel_payload(channel) | {"permissions": str(bits)}


def owners(guild: Guild | None) -> Json:
    """Return who installed the app where something was done: the server, if any."""
    return {"0": "0" if guild is None else str(guild.id)}
