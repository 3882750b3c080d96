"""Which process has what, as the database says."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from bot.processes.seats import Seat
from storage.database.server_locks import CLASS
from storage.processes.statements import KEYS
from tests.together.clapper import Clapper
from tests.together.town import PATIENCE_S, SHARDS, Town

_SEAT = (
    "SELECT application_name AS session FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND CAST(classid AS bigint) = :class"
    " AND CAST(objid AS bigint) = :key AND pg_locks.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_SHARDS = (
    "SELECT shards.shard_id, processes.session"
    " FROM shards JOIN processes ON processes.id = shards.holder"
    " WHERE shards.until > CAST(extract(epoch FROM now()) * 1000000 AS bigint)"
)


async def holder_of(town: Town, seat: Seat) -> Clapper | None:
    """Return who has a seat; None while nobody has it."""
    found = await town.rows(_SEAT, **{"class": CLASS}, key=KEYS[seat])
    return _named(town, found[0]["session"]) if found else None


async def shards_of(town: Town, clapper: Clapper) -> set[int]:
    """Return the shards that a process has the lease of."""
    return {
        row["shard_id"]
        for row in await town.rows(_SHARDS)
        if _named(town, row["session"]) is clapper
    }


async def is_shared(town: Town) -> bool:
    """Return whether all shards are served, and each process has its share of them."""
    try:
        held = [len(await shards_of(town, one)) for one in town.running]
    except SQLAlchemyError:
        return False
    least, most = SHARDS // len(held), -(-SHARDS // len(held))
    fair = sum(held) == SHARDS and least <= min(held) <= max(held) <= most
    return fair and town.discord.gateway.is_ready


async def shared(town: Town) -> None:
    """Wait until `is_shared`."""
    async with asyncio.timeout(PATIENCE_S):
        while not await is_shared(town):  # noqa: ASYNC110 - other processes' database
            await asyncio.sleep(0.2)


def _named(town: Town, session: str) -> Clapper | None:
    """Return whose session it is, by the process id in its name."""
    pid = int(session.split()[1])
    return next((one for one in town.clappers if one.bot.pid == pid), None)
