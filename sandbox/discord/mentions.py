"""Who a message mentions, and who of them is really called.

Source: Discord docs, "Allowed Mentions". Mentions in code are text and call nobody.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sandbox.discord.components import ComponentType, walk
from sandbox.discord.composition import Composition
from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, Guild, User
from sandbox.discord.wire import Json, as_id
from sandbox.discord.world import World

IN_MESSAGES = frozenset({"users", "roles", "everyone"})
"""What a message may call that says nothing about it."""
IN_RESPONSES = frozenset({"users"})
"""The same for answers to interactions and other webhooks."""

_CODE = re.compile(r"```.*?```|``.+?``|`[^`\n]+`", re.DOTALL)
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """What a text mentions as far as it was allowed to."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What a message may mention."""

    parse: Collection[str]
    users: Collection[int] = ()
    roles: Collection[int] = ()
    replied_user: bool = True

    @classmethod
    def read(cls, stated: Json | None, default: Collection[str]) -> "Allowances":
        """Read `allowed_mentions`; None is not stated, an empty object allows nothing.

        Args:
            stated: What the request says.
            default: What may be parsed if it says nothing.
        """
        if stated is None:
            return cls(parse=default)
        return cls(
            parse=stated.get("parse") or (),
            users={as_id(one) or 0 for one in stated.get("users") or ()},
            roles={as_id(one) or 0 for one in stated.get("roles") or ()},
            replied_user=bool(stated.get("replied_user")),
        )


def mentions_in(
    composition: Composition, allowances: Allowances, guild: Guild | None
) -> Mentions:
    """Return what is mentioned, text displays included, embeds not."""
    displays = [
        str(component.get("content") or "")
        for component in walk(composition.components)
        if component.get("type") == ComponentType.TEXT_DISPLAY
    ]
    text = _CODE.sub(" ", "\n".join([composition.content, *displays]))
    users = dict.fromkeys(int(found) for found in _USER.findall(text))
    roles = dict.fromkeys(int(found) for found in _ROLE.findall(text))
    parse = allowances.parse
    return Mentions(
        users=tuple(
            one for one in users if "users" in parse or one in allowances.users
        ),
        roles=tuple(
            one
            for one in roles
            if ("roles" in parse or one in allowances.roles)
            and (guild is not None and one in guild.roles)
        ),
        everyone="everyone" in parse and bool(_EVERYONE.search(text)),
    )


def called(
    mentions: Mentions, channel: Channel, author: User, world: World, now_s: float
) -> frozenset[int]:
    """Return the ids of those whom a new message notifies.

    Roles that are not mentionable, and everyone, are called only by who may mention
    everyone; nobody is called to a place they cannot see, and nobody by themselves.
    """
    guild = world.guild_of(channel)
    if guild is None:
        return frozenset(mentions.users) - {author.id}
    bits = world.permissions(author, channel, now_s)
    may_call_all = bool(bits & Permission.MENTION_EVERYONE)
    roles = {
        one for one in mentions.roles if may_call_all or guild.roles[one].mentionable
    }
    everyone = mentions.everyone and may_call_all
    ids = {
        member.user.id
        for member in guild.members.values()
        if everyone or member.user.id in mentions.users or member.role_ids & roles
    }
    return frozenset(
        one
        for one in ids - {author.id}
        if world.permissions(world.users[one], channel, now_s) & Permission.VIEW_CHANNEL
    )
