"""Who sees in each server what videos cost."""

from sqlalchemy import Connection, bindparam, update

from bot.ids import GuildId
from bot.quotas.prices_shown import PricesShown
from bot.quotas.settings import AdminAction
from storage.database.engine import Database
from storage.quotas.entries import entry_of
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.servers import guilds as guild_rows

_SET = update(guild_rows).where(guild_rows.c.guild_id == bindparam("of_guild"))


class SqlPrices:
    """Implements `bot.quotas.ports.PriceStore` on a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prices(self, guild_id: GuildId) -> PricesShown:
        return await self._database.read(
            lambda connection: guilds.prices(connection, guild_id)
        )

    async def set_prices(self, admin_action: AdminAction, shown: PricesShown) -> None:
        def write(connection: Connection) -> None:
            guilds.hold(connection, admin_action.guild_id)
            before = guilds.prices(connection, admin_action.guild_id)
            connection.execute(
                _SET, {"of_guild": admin_action.guild_id, "prices": shown}
            )
            record_audit(
                connection,
                entry_of(
                    admin_action,
                    "quota.prices",
                    "server",
                    {"shown": before.value},
                    {"shown": shown.value},
                ),
            )

        await self._database.write(write)
