"""The inhabitants of the world: servers, channels, roles, people.

Records only. They change through `World`, which tells the bot of every change;
the bot is told nothing of direct writes to them.
"""

from dataclasses import dataclass, field
from enum import IntEnum

MIB = 1024 * 1024


class ChannelKind(IntEnum):
    """The kinds of channel there are here (Discord docs: Channel Types)."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15
    MEDIA = 16
    UNHEARD_OF = 99
    """One that Discord may yet bring; no client of today knows it."""


THREADS = frozenset(
    {
        ChannelKind.ANNOUNCEMENT_THREAD,
        ChannelKind.PUBLIC_THREAD,
        ChannelKind.PRIVATE_THREAD,
    }
)
SPOKEN_IN = frozenset({ChannelKind.VOICE, ChannelKind.STAGE})
"""Who may not connect there does not see their chat either."""
WITHOUT_MESSAGES = frozenset(
    {ChannelKind.CATEGORY, ChannelKind.FORUM, ChannelKind.MEDIA}
)


class NsfwLevel(IntEnum):
    """How a whole server is rated (Discord docs: Guild NSFW Level)."""

    DEFAULT = 0
    EXPLICIT = 1
    SAFE = 2
    AGE_RESTRICTED = 3


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    """Someone with an account; the bot has one too."""

    id: int
    name: str
    display_name: str
    bot: bool = False
    locale: str = "en-US"
    """The language of their client, sent with every interaction."""
    accepts_dms: bool = True
    upload_limit_bytes: int = 0
    """What their own subscription lets them upload; 0 without one."""


@dataclass(slots=True, kw_only=True, eq=False)
class Role:
    """A role of one server. The one whose id is the server's is @everyone."""

    id: int
    guild_id: int
    name: str
    permissions: int = 0
    position: int = 1
    mentionable: bool = False
    managed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """What a channel gives to or takes from a role or a member."""

    target_id: int
    for_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A user as part of one server."""

    user: User
    guild_id: int
    joined_s: float
    """When they joined, in seconds since 1970."""
    role_ids: set[int] = field(default_factory=set)
    nick: str | None = None
    timed_out_until_s: float = 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A place for messages, or a category of such places."""

    id: int
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    guild_id: int | None = None
    """None for a direct conversation."""
    parent_id: int | None = None
    """The category, or the channel a thread hangs from."""
    nsfw: bool = False
    """The channel's own flag. A thread has none and goes by its parent's."""
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    """By the id of the role or member."""
    owner_id: int | None = None
    archived: bool = False
    locked: bool = False
    thread_members: set[int] = field(default_factory=set)
    recipient: User | None = None
    last_message_id: int | None = None

    @property
    def is_thread(self) -> bool:
        """Whether it hangs from another channel."""
        return self.kind in THREADS

    @property
    def is_private_thread(self) -> bool:
        """Whether only those added to it see it."""
        return self.kind is ChannelKind.PRIVATE_THREAD


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    """A server with all it consists of."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    premium_tier: int = 0
    """How far it is boosted, 0 to 3; decides how large a file may be."""
    nsfw_level: NsfwLevel = NsfwLevel.DEFAULT
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    """Threads included."""
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    has_commands: bool = False
    """Whether the app was installed with its commands alone, without the bot."""
    system_channel_id: int | None = None
    """Where Discord itself says who joined."""
    command_openings: dict[str, bool] = field(default_factory=dict)
    """What the admins decided about a command, by its name: open to all, or closed."""

    def is_age_restricted(self, channel: Channel) -> bool:
        """Whether the channel, or the one a thread hangs from, carries the flag."""
        if channel.is_thread and channel.parent_id in self.channels:
            return self.channels[channel.parent_id].nsfw
        return channel.nsfw
