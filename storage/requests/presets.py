"""Servers' presets, changed only together with an audit row."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from bot.ids import GuildId
from bot.requests.preset import Preset
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.requests.settings_columns import columns_of, settings_of
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.requests import presets

_OF_GUILD = presets.c.guild_id == bindparam("of_guild")
_THIS = (_OF_GUILD, presets.c.key == bindparam("this_key"))
_ALL = select(presets).where(_OF_GUILD).order_by(presets.c.key)
_COUNT = select(func.count()).select_from(presets).where(_OF_GUILD)
_GET = select(presets).where(*_THIS)
_REMOVE = delete(presets).where(*_THIS)
_PUT = insert(presets)

Record = Callable[[Preset | None, int], AuditEntry]
"""As `bot.requests.presets.Record`."""


class SqlPresets:
    """Implements `bot.requests.presets.PresetStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_of(self, guild_id: GuildId) -> Sequence[Preset]:
        def read(connection: Connection) -> list[Preset]:
            rows = connection.execute(_ALL, {"of_guild": guild_id})
            return [_preset_of(row) for row in rows]

        return await self._database.read(read)

    async def get(self, guild_id: GuildId, key: str) -> Preset | None:
        return await self._database.read(
            lambda connection: _get(connection, guild_id, key)
        )

    async def put(
        self, guild_id: GuildId, preset: Preset, record: Record
    ) -> Preset | None:
        def work(connection: Connection) -> Preset | None:
            before, entry = _recorded(connection, guild_id, preset.key, record)
            _remove(connection, guild_id, preset.key)
            row = {
                "guild_id": guild_id,
                "key": preset.key,
                "name": preset.name,
                "words": preset.words,
                **columns_of(preset.settings),
            }
            connection.execute(_PUT, row)
            record_audit(connection, entry)
            return before

        return await self._database.write(work)

    async def remove(
        self, guild_id: GuildId, key: str, record: Record
    ) -> Preset | None:
        def work(connection: Connection) -> Preset | None:
            before, entry = _recorded(connection, guild_id, key, record)
            if before is not None:
                _remove(connection, guild_id, key)
                record_audit(connection, entry)
            return before

        return await self._database.write(work)


def _recorded(
    connection: Connection, guild_id: GuildId, key: str, record: Record
) -> tuple[Preset | None, AuditEntry]:
    """Hold the server; return the preset as it is, and the record of its change."""
    guilds.hold(connection, guild_id)
    before = _get(connection, guild_id, key)
    count: int = connection.execute(_COUNT, {"of_guild": guild_id}).scalar_one()
    return before, record(before, count)


def _get(connection: Connection, guild_id: GuildId, key: str) -> Preset | None:
    which = {"of_guild": guild_id, "this_key": key}
    row = connection.execute(_GET, which).one_or_none()
    return None if row is None else _preset_of(row)


def _remove(connection: Connection, guild_id: GuildId, key: str) -> None:
    connection.execute(_REMOVE, {"of_guild": guild_id, "this_key": key})


def _preset_of(row: Row[Any]) -> Preset:
    return Preset(name=row.name, words=row.words, settings=settings_of(row))
