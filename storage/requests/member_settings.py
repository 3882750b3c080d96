"""Members' own defaults, one row for each member and server that have any."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.ids import GuildId, UserId
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from storage.database.engine import Database
from storage.requests.settings_columns import columns_of, settings_of
from storage.servers import guilds
from storage.tables.requests import member_settings

_WHOSE = (
    member_settings.c.guild_id == bindparam("of_guild"),
    member_settings.c.user_id == bindparam("of_user"),
)
_GET = select(member_settings).where(*_WHOSE)
_REMOVE = delete(member_settings).where(*_WHOSE)
_PUT = insert(member_settings)


class SqlMemberSettings:
    """Implements `bot.requests.member_settings.MemberSettingsStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, guild_id: GuildId, user_id: UserId) -> VideoSettings:
        return await self._database.read(
            lambda connection: _get(connection, guild_id, user_id)
        )

    async def change(
        self, guild_id: GuildId, user_id: UserId, chosen: VideoSettings
    ) -> VideoSettings:
        def work(connection: Connection) -> VideoSettings:
            guilds.hold(connection, guild_id)
            changed = chosen.over(_get(connection, guild_id, user_id))
            connection.execute(_REMOVE, {"of_guild": guild_id, "of_user": user_id})
            whose = {"guild_id": guild_id, "user_id": user_id}
            connection.execute(_PUT, {**whose, **columns_of(changed)})
            return changed

        return await self._database.write(work)

    async def clear(self, guild_id: GuildId, user_id: UserId) -> None:
        await self._database.write(
            lambda connection: connection.execute(
                _REMOVE, {"of_guild": guild_id, "of_user": user_id}
            )
        )


def _get(connection: Connection, guild_id: GuildId, user_id: UserId) -> VideoSettings:
    whose = {"of_guild": guild_id, "of_user": user_id}
    row = connection.execute(_GET, whose).one_or_none()
    return NOTHING_CHOSEN if row is None else settings_of(row)
