"""The start of a process that is the only one on its database: nothing is claimed."""

from sqlalchemy import Connection

from storage.database.engine import Database
from storage.jobs.claims import CLEAR_LEASES
from storage.moderation.cards import CARD_LEASES
from storage.moderation.guild_logs import LOG_LEASES
from storage.operations.outbox import MESSAGE_LEASES
from storage.servers.greetings import GREETING_LEASES


async def clear_leases(database: Database) -> None:
    """Let every claim be lost: what a former process was about is due at once."""
    await database.write(clear)


def clear(connection: Connection) -> None:
    """Do so in a transaction of the caller's."""
    for statement in (
        *CLEAR_LEASES.values(),
        CARD_LEASES.clear,
        LOG_LEASES.clear,
        MESSAGE_LEASES.clear,
        GREETING_LEASES.clear,
    ):
        connection.execute(statement)
