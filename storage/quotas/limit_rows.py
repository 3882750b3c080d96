"""Limits as rows: one for each role, member and scope that has set any."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from bot.ids import GuildId
from bot.quotas.limits import UNSET, LimitSet
from bot.quotas.settings import Target
from storage.tables.quotas import limits

_SCOPE = bindparam("of_scope", type_=limits.c.scope.type)
_WHERE = (
    limits.c.guild_id == bindparam("of_guild"),
    limits.c.scope == _SCOPE,
    limits.c.subject_id == bindparam("of_subject"),
)
_GET = select(limits).where(*_WHERE)
_REMOVE = delete(limits).where(*_WHERE)
_PUT = insert(limits)
_OF_GUILD = (
    select(limits)
    .where(limits.c.guild_id == bindparam("of_guild"))
    .order_by(limits.c.scope, limits.c.subject_id)
)


def limits_of(row: Row[Any]) -> LimitSet:
    """Return what a row of `limits` sets."""
    return LimitSet(
        per_day=row.per_day,
        per_month=row.per_month,
        at_once=row.at_once,
        cooldown_s=row.cooldown_s,
        credits_per_day=row.credits_per_day,
        credits_per_month=row.credits_per_month,
        longest_s=row.longest_s,
        best_quality=row.best_quality,
    )


def get(connection: Connection, guild_id: GuildId, target: Target) -> LimitSet:
    """Return what is set for somebody; nothing where there is no row."""
    row = connection.execute(_GET, _key(guild_id, target)).one_or_none()
    return UNSET if row is None else limits_of(row)


def put(
    connection: Connection, guild_id: GuildId, target: Target, values: LimitSet
) -> None:
    """Replace what is set for somebody. The caller must hold the server's row lock."""
    remove(connection, guild_id, target)
    connection.execute(
        _PUT,
        {
            "guild_id": guild_id,
            "scope": target.scope,
            "subject_id": target.subject_id,
            "per_day": values.per_day,
            "per_month": values.per_month,
            "at_once": values.at_once,
            "cooldown_s": values.cooldown_s,
            "credits_per_day": values.credits_per_day,
            "credits_per_month": values.credits_per_month,
            "longest_s": values.longest_s,
            "best_quality": values.best_quality,
        },
    )


def remove(connection: Connection, guild_id: GuildId, target: Target) -> None:
    """Remove what is set for somebody."""
    connection.execute(_REMOVE, _key(guild_id, target))


def of_guild(connection: Connection, guild_id: GuildId) -> Mapping[Target, LimitSet]:
    """Return all that a server has set."""
    rows = connection.execute(_OF_GUILD, {"of_guild": guild_id})
    return {
        Target(scope=row.scope, subject_id=row.subject_id): limits_of(row)
        for row in rows
    }


def _key(guild_id: GuildId, target: Target) -> dict[str, Any]:
    return {
        "of_guild": guild_id,
        "of_scope": target.scope,
        "of_subject": target.subject_id,
    }
