"""Which permissions someone has in a place, computed as Discord computes them.

Source: Discord docs, "Permissions", with the rules for threads and time-outs.
"""

from enum import IntFlag

from sandbox.discord.records import Channel, Guild, Member


class Permission(IntFlag):
    """The bits that matter to a bot that posts and to those who command it."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


ALL = (1 << 53) - 1
"""Every bit that exists or may yet: what owners and administrators have."""

NO_PERMISSION = Permission(0)

EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CONNECT
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What the @everyone role of a new server may do, as far as it is named above."""

_WHILE_TIMED_OUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY

_NEEDS_SENDING = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


def in_guild(guild: Guild, member: Member) -> int:
    """Return the bits a member has before any channel's overwrites."""
    if member.user.id == guild.owner_id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & Permission.ADMINISTRATOR else bits


def in_channel(guild: Guild, channel: Channel, member: Member, now_s: float) -> int:
    """Return the bits a member has in a channel; a thread takes its parent's.

    Without VIEW_CHANNEL nothing is left, and without the right to send nothing of
    what only senders need.
    """
    bits = in_guild(guild, member)
    if bits == ALL:
        return bits
    bits = _with_overwrites(guild, _ruling(guild, channel), member, bits)
    if channel.is_private_thread and member.user.id not in channel.thread_members:
        bits &= ALL if bits & Permission.MANAGE_THREADS else 0
    return _left(bits, channel, member, now_s)


def told_to_app(
    guild: Guild, channel: Channel, member: Member | None, now_s: float
) -> int:
    """Return what an interaction says of the bot's own permissions.

    In a private thread they are those of its parent, even for those not added to it.
    Where the bot is no member they are everybody's, with what an answer to an
    interaction may always carry (discord-api-docs, issue 5316).
    """
    if member is not None:
        bits = in_guild(guild, member)
        if bits == ALL:
            return bits
        bits = _with_overwrites(guild, _ruling(guild, channel), member, bits)
        return _left(bits, channel, member, now_s)
    bits = guild.roles[guild.id].permissions
    if everyone := _ruling(guild, channel).overwrites.get(guild.id):
        bits = bits & ~everyone.deny | everyone.allow
    return bits | Permission.ATTACH_FILES | Permission.EMBED_LINKS


def _left(bits: int, channel: Channel, member: Member, now_s: float) -> int:
    """Return what is left of a member's bits without those they depend on."""
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    if not bits & sending(channel):
        bits &= ~_NEEDS_SENDING
    if member.timed_out_until_s > now_s:
        bits &= _WHILE_TIMED_OUT
    return bits


def sending(channel: Channel) -> Permission:
    """Return the permission that posting in this kind of channel asks for."""
    if channel.is_thread:
        return Permission.SEND_MESSAGES_IN_THREADS
    return Permission.SEND_MESSAGES


def _ruling(guild: Guild, channel: Channel) -> Channel:
    """Return the channel whose overwrites count."""
    if channel.is_thread and channel.parent_id is not None:
        return guild.channels.get(channel.parent_id, channel)
    return channel


def _with_overwrites(guild: Guild, channel: Channel, member: Member, bits: int) -> int:
    overwrites = channel.overwrites
    if everyone := overwrites.get(guild.id):
        bits = bits & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.role_ids:
        if overwrite := overwrites.get(role_id):
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = bits & ~deny | allow
    if own := overwrites.get(member.user.id):
        bits = bits & ~own.deny | own.allow
    return bits
