"""Whom a `/quota` command is about, from the options that were filled in."""

import discord

from bot.errors import Refused
from bot.ids import GuildId
from bot.quotas.limits import Scope
from bot.quotas.settings import Target
from cogs.wire.places import SEE_WITHIN_S
from cogs.wire.servers import Servers


async def role_target(
    interaction: discord.Interaction, role: discord.Role, servers: Servers
) -> Target:
    """Return a role as a target.

    Raises:
        Refused: If it is none of this server's: an id can be forged.
        MessengerError: If Discord has to be asked, and does not say.
    """
    guild_id = GuildId(interaction.guild_id or 0)
    guild = await servers.find(guild_id, within_s=SEE_WITHIN_S)
    if guild is None or guild.get_role(role.id) is None:
        raise Refused("quota-unknown-role")
    return Target(scope=Scope.ROLE, subject_id=role.id)


def chosen_target(
    scope: Scope, role: discord.Role | None, member: discord.User | None
) -> Target:
    """Return what is to be cleared.

    Raises:
        Refused: If the role or the member that the scope is about is missing, or one
            is named that it is not about: somebody else's limits were meant.
    """
    if (role is not None and scope is not Scope.ROLE) or (
        member is not None and scope is not Scope.MEMBER
    ):
        raise Refused("quota-other-scope")
    match scope:
        case Scope.ROLE:
            if role is None:
                raise Refused("quota-needs-role")
            return Target(scope=scope, subject_id=role.id)
        case Scope.MEMBER:
            if member is None:
                raise Refused("quota-needs-member")
            return Target(scope=scope, subject_id=member.id)
        case _:
            return Target(scope=scope)
