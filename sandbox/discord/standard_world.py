"""The server that most tests and the demo use, with its members."""

from dataclasses import dataclass

from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, ChannelKind, Guild, Role, User
from sandbox.discord.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardWorld:
    """Who and what there is."""

    guild: Guild
    owner: User
    admin: User
    """May manage the server, but is no administrator."""
    moderator: User
    """May moderate members."""
    member: User
    other_member: User
    admin_role: Role
    moderator_role: Role
    general: Channel
    general_thread: Channel
    restricted: Channel
    """Carries the age restriction."""
    restricted_thread: Channel
    review: Channel
    """For moderators, admins and the bot only; age-restricted."""
    log: Channel
    """For the same people; not age-restricted."""


def standard_world(world: World) -> StandardWorld:
    """Create a server with six channels, five people and the bot."""
    owner = world.add_user("Olive")
    guild = world.add_guild("Film Club", owner=owner)
    moderating = Permission.MODERATE_MEMBERS | Permission.MANAGE_MESSAGES
    moderator_role = world.add_role(guild, "Moderators", granted=moderating)
    admin_role = world.add_role(guild, "Admins", granted=Permission.MANAGE_GUILD)
    admin, moderator = world.add_user("Ada"), world.add_user("Mo")
    member, other_member = world.add_user("Mia"), world.add_user("Ben")
    world.add_member(guild, admin, roles=[admin_role])
    world.add_member(guild, moderator, roles=[moderator_role])
    world.add_member(guild, member)
    world.add_member(guild, other_member)
    general = world.add_channel(guild, "general")
    restricted = world.add_channel(guild, "after-dark", nsfw=True)
    review = world.add_channel(guild, "review", nsfw=True)
    log = world.add_channel(guild, "log")
    for channel in (review, log):
        _hide(world, guild, channel, [admin_role, moderator_role])
    return StandardWorld(
        guild=guild,
        owner=owner,
        admin=admin,
        moderator=moderator,
        member=member,
        other_member=other_member,
        admin_role=admin_role,
        moderator_role=moderator_role,
        general=general,
        general_thread=_thread(world, guild, general),
        restricted=restricted,
        restricted_thread=_thread(world, guild, restricted),
        review=review,
        log=log,
    )


def _thread(world: World, guild: Guild, parent: Channel) -> Channel:
    name = f"{parent.name}-thread"
    kind = ChannelKind.PUBLIC_THREAD
    return world.add_channel(guild, name, kind=kind, parent=parent)


def _hide(world: World, guild: Guild, channel: Channel, readers: list[Role]) -> None:
    """Let only these roles and the bot see a channel."""
    everyone = guild.roles[guild.id]
    world.set_overwrite(channel, everyone, deny=Permission.VIEW_CHANNEL)
    allowed: list[Role | User] = [*readers, world.bot]
    for reader in allowed:
        world.set_overwrite(channel, reader, allow=Permission.VIEW_CHANNEL)
