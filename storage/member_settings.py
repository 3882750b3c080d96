"""Members' own defaults, one row for each member and server that have any."""

from sqlalchemy import bindparam, delete, insert, select

from bot.ids import GuildId, UserId
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from storage import guilds
from storage.engine import Database
from storage.home_tables import member_settings
from storage.settings_columns import columns_of, settings_of
from storage.work import WorkConnection

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
        """Return a member's own defaults in a server; all open if there are none."""
        return await self._database.read(lambda open_: _get(open_, guild_id, user_id))

    async def change(
        self, guild_id: GuildId, user_id: UserId, chosen: VideoSettings
    ) -> VideoSettings:
        """Set what is chosen, keep the rest, and return all as it is then."""

        async def work(open_: WorkConnection) -> VideoSettings:
            await guilds.hold(open_, guild_id)
            changed = chosen.over(await _get(open_, guild_id, user_id))
            await open_.execute(_REMOVE, {"of_guild": guild_id, "of_user": user_id})
            whose = {"guild_id": guild_id, "user_id": user_id}
            await open_.execute(_PUT, {**whose, **columns_of(changed)})
            return changed

        return await self._database.write(work)

    async def clear(self, guild_id: GuildId, user_id: UserId) -> None:
        """Forget a member's own defaults in a server."""
        await self._database.write(
            lambda open_: open_.execute(
                _REMOVE, {"of_guild": guild_id, "of_user": user_id}
            )
        )


async def _get(
    connection: WorkConnection, guild_id: GuildId, user_id: UserId
) -> VideoSettings:
    whose = {"of_guild": guild_id, "of_user": user_id}
    row = (await connection.execute(_GET, whose)).one_or_none()
    return NOTHING_CHOSEN if row is None else settings_of(row)
