"""Each server's settings and blocks, changed only together with an audit row."""

import json
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from bot.ids import GuildId, UserId
from bot.moderation.policy import Block
from bot.moderation.ports import Revise
from bot.moderation.records import Applies, ModerationSettings, WordKind, WordRule
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.moderation import guild_logs
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.moderation import blocks, moderation

_SETTINGS = select(moderation).where(moderation.c.guild_id == bindparam("of_guild"))
_CHANGE = update(moderation).where(moderation.c.guild_id == bindparam("of_guild"))
_ADD = insert(moderation)
_BLOCK_OF = select(
    blocks.c.user_id,
    blocks.c.until,
    blocks.c.reason,
    blocks.c.blocked_by,
    blocks.c.at,
).where(
    blocks.c.guild_id == bindparam("of_guild"), blocks.c.user_id == bindparam("of_user")
)
_UNBLOCK = delete(blocks).where(
    blocks.c.guild_id == bindparam("of_guild"), blocks.c.user_id == bindparam("of_user")
)
_BLOCK = insert(blocks)


class SqlModerationStore:
    """Implements `bot.moderation.ports.ModerationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, guild_id: GuildId) -> ModerationSettings:
        return await self._database.read(
            lambda connection: settings_of(connection, guild_id)
        )

    async def revise(self, guild_id: GuildId, revise: Revise) -> ModerationSettings:
        def work(connection: Connection) -> ModerationSettings:
            guilds.hold(connection, guild_id)
            old = settings_of(connection, guild_id)
            new, entry = revise(old)
            _store(connection, guild_id, old, new)
            record_audit(connection, entry)
            return new

        return await self._database.write(work)

    async def block_of(self, guild_id: GuildId, user_id: UserId) -> Block | None:
        return await self._database.read(
            lambda connection: block_of(connection, guild_id, user_id)
        )

    async def block(self, guild_id: GuildId, block: Block, entry: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            guilds.hold(connection, guild_id)
            put_block(connection, guild_id, block)
            record_audit(connection, entry)

        await self._database.write(work)

    async def unblock(
        self, guild_id: GuildId, user_id: UserId, entry: AuditEntry
    ) -> bool:
        def work(connection: Connection) -> bool:
            whose = {"of_guild": guild_id, "of_user": user_id}
            lifted = connection.execute(_UNBLOCK, whose)
            if lifted.rowcount == 0:
                return False
            record_audit(connection, entry)
            return True

        return await self._database.write(work)


def settings_of(connection: Connection, guild_id: GuildId) -> ModerationSettings:
    """Return a server's settings, or the defaults."""
    found = connection.execute(_SETTINGS, {"of_guild": guild_id})
    row = found.one_or_none()
    return ModerationSettings() if row is None else settings_in(row)


def block_of(
    connection: Connection, guild_id: GuildId, user_id: UserId
) -> Block | None:
    """Return a member's block, also one whose time is over."""
    whose = {"of_guild": guild_id, "of_user": user_id}
    row = connection.execute(_BLOCK_OF, whose).one_or_none()
    return None if row is None else block_in(row)


def block_in(row: Row[*tuple[Any, ...]]) -> Block | None:
    """Return the block in a row; None where a join found none."""
    if row.blocked_by is None:
        return None
    return Block(
        user_id=row.user_id,
        until=row.until,
        reason=row.reason,
        blocked_by=row.blocked_by,
        at=row.at,
    )


def put_block(connection: Connection, guild_id: GuildId, block: Block) -> None:
    """Write a block, in place of one that there may be; the server's row is held."""
    whose = {"of_guild": guild_id, "of_user": block.user_id}
    connection.execute(_UNBLOCK, whose)
    connection.execute(
        _BLOCK,
        {
            "guild_id": guild_id,
            "user_id": block.user_id,
            "until": block.until,
            "reason": block.reason,
            "blocked_by": block.blocked_by,
            "at": block.at,
        },
    )


def _store(
    connection: Connection,
    guild_id: GuildId,
    old: ModerationSettings,
    new: ModerationSettings,
) -> None:
    values: dict[str, Any] = {
        "policy": new.policy,
        "pictures": new.pictures,
        "barred_models": json.dumps(sorted(new.barred_models)),
        "default_model": new.default_model,
        "spicy_role_ids": json.dumps(sorted(new.spicy_role_ids)),
        "words": json.dumps(
            [[one.pattern, one.kind, one.applies] for one in new.words],
            ensure_ascii=False,
        ),
        "review_channel_id": new.review_channel_id,
        "log_channel_id": new.log_channel_id,
    }
    changed = connection.execute(_CHANGE, {"of_guild": guild_id, **values})
    if changed.rowcount == 0:
        connection.execute(_ADD, {"guild_id": guild_id, **values})
    if new.log_channel_id != old.log_channel_id:
        guild_logs.begin(connection, guild_id)


def settings_in(row: Row[Any]) -> ModerationSettings:
    """Return the settings in a row; the defaults where a join found none."""
    if row.policy is None:
        return ModerationSettings()
    return ModerationSettings(
        policy=row.policy,
        pictures=row.pictures,
        barred_models=frozenset(json.loads(row.barred_models)),
        default_model=row.default_model,
        spicy_role_ids=frozenset(json.loads(row.spicy_role_ids)),
        words=tuple(
            WordRule(pattern=pattern, kind=WordKind(kind), applies=Applies(applies))
            for pattern, kind, applies in json.loads(row.words)
        ),
        review_channel_id=row.review_channel_id,
        log_channel_id=row.log_channel_id,
    )
