"""REST: reading servers, channels, roles and members."""

from sandbox.discord.access import Access
from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.payloads import (
    channel_payload,
    guild_payload,
    member_payload,
    role_payload,
)
from sandbox.discord.permissions import sending
from sandbox.discord.refusals import Refusal


class GuildEndpoints:
    """What the bot may look up about the places it is in."""

    def __init__(self, access: Access, feed: Feed) -> None:
        self._access = access
        self._feed = feed

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        one = "/guilds/{guild_id}"
        return [
            Endpoint(method="GET", path=one, respond=self._guild),
            Endpoint(method="GET", path=f"{one}/channels", respond=self._channels),
            Endpoint(method="GET", path=f"{one}/roles", respond=self._roles),
            Endpoint(
                method="GET", path=f"{one}/members/{{user_id}}", respond=self._member
            ),
            Endpoint(method="GET", path=f"{one}/threads/active", respond=self._threads),
            Endpoint(
                method="GET", path="/channels/{channel_id}", respond=self._channel
            ),
            Endpoint(
                method="POST",
                path="/channels/{channel_id}/typing",
                respond=self._typing,
            ),
        ]

    def _guild(self, call: Call) -> Answer:
        return Answer(body=guild_payload(self._access.guild(call.id("guild_id"))))

    def _channels(self, call: Call) -> Answer:
        channels = self._access.guild(call.id("guild_id")).channels.values()
        return Answer(
            body=[channel_payload(one) for one in channels if not one.is_thread]
        )

    def _threads(self, call: Call) -> Answer:
        channels = self._access.guild(call.id("guild_id")).channels.values()
        open_ones = [one for one in channels if one.is_thread and not one.archived]
        threads = [channel_payload(one) for one in open_ones]
        return Answer(body={"threads": threads, "members": []})

    def _roles(self, call: Call) -> Answer:
        roles = self._access.guild(call.id("guild_id")).roles.values()
        return Answer(body=[role_payload(one) for one in roles])

    def _member(self, call: Call) -> Answer:
        guild = self._access.guild(call.id("guild_id"))
        member = guild.members.get(call.id("user_id"))
        if member is None:
            raise Refusal.UNKNOWN_MEMBER.error()
        return Answer(body=member_payload(member))

    def _channel(self, call: Call) -> Answer:
        return Answer(body=channel_payload(self._access.channel(call.id("channel_id"))))

    def _typing(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        self._access.require(channel, sending(channel))
        self._feed.publish(ChangeKind.TYPING, channel_id=channel.id)
        return NO_CONTENT
