"""The leases of shards where any number of processes share a database server."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from bot.errors import StorageBusy
from bot.processes.ports import Processes
from bot.processes.shards import GatewaySession, Holdings, ShardLease, ShardLeases
from storage.database.connections import Work
from storage.database.engine import Database
from storage.database.server_locks import SETTLING_SHARDS, lock_until_commit
from storage.processes import shard_statements as sql
from storage.processes.all_shards import AllShards
from storage.processes.server import ServerProcesses
from storage.processes.session import BROKEN

T = TypeVar("T")


def shard_leases(processes: Processes, database: Database) -> ShardLeases:
    """Return the leases of a process: all shards, where it is the only one."""
    if isinstance(processes, ServerProcesses):
        return SqlShardLeases(processes, database)
    return AllShards()


class SqlShardLeases:
    """Implements `bot.processes.shards.ShardLeases` on the session of a process."""

    def __init__(self, processes: ServerProcesses, database: Database) -> None:
        self._processes = processes
        self._database = database

    @property
    def clock_ahead_s(self) -> float:
        """By how many seconds our clock is ahead of the server's, as last seen."""
        return self._processes.clock_ahead_s

    @property
    def shared(self) -> bool:
        """Whether there are other processes."""
        return self._processes.living > 1

    async def settle(self, count: int) -> int:
        """Let there be so many shards, unless any is held."""

        def work(connection: Connection) -> int:
            lock_until_commit(connection, SETTLING_SHARDS)
            present = connection.scalar(sql.COUNT) or 0
            if present == count:
                return present
            connection.execute(sql.KEEP_AS_THEY_ARE)
            if connection.scalar(sql.ANY_HELD):
                return present
            connection.execute(sql.REMOVE)
            connection.execute(
                sql.ADD, [{"shard_id": one, "fence": 0} for one in range(count)]
            )
            return count

        return await self._database.write(work)

    async def renew(self, leases: Sequence[ShardLease]) -> Holdings:
        """Renew leases, and see how all are shared out."""
        this = self._processes.id
        given = {"given": _rows(leases), "this_process": this, "lease_s": sql.LEASE_S}

        def work(connection: Connection) -> Holdings:
            ours: frozenset[int] = frozenset()
            if leases:
                ours = frozenset(connection.scalars(sql.RENEW, given).all())
            rows = connection.execute(sql.HOLDINGS).all()
            held = {row.holder: row.number for row in rows}
            leaving = max((row.leaving for row in rows), default=0)
            return Holdings(
                count=sum(held.values()),
                ours=ours,
                this_process=this,
                staying=max(1, self._processes.living - leaving),
                held={holder: n for holder, n in held.items() if holder is not None},
            )

        return await self._run(work)

    async def take(self, most: int, count: int) -> Sequence[ShardLease]:
        """Take shards that nobody holds."""
        wanted = {
            "this_process": self._processes.id,
            "at_most": most,
            "of_all": count,
        }

        def work(connection: Connection) -> list[ShardLease]:
            return [
                ShardLease(
                    shard_id=row.shard_id,
                    fence=row.fence,
                    session=None
                    if row.session_id is None
                    else GatewaySession(
                        id=row.session_id,
                        resume_url=row.resume_url,
                        sequence=row.sequence,
                    ),
                )
                for row in connection.execute(sql.TAKE, wanted)
            ]

        return await self._run(work)

    async def release(self, leases: Collection[ShardLease], *, for_good: bool) -> None:
        """Let others have shards at once."""
        given = {"given": _rows(leases), "this_process": self._processes.id}

        def work(connection: Connection) -> None:
            if for_good:
                this = {"this_process": self._processes.id}
                connection.execute(sql.LEAVE, this)
            connection.execute(sql.RELEASE, given)
            connection.execute(sql.NOTIFY)

        await self._run(work)

    async def identify_wait_s(self, bucket: int) -> float:
        """Return 0.0 if a session may begin now, else after how long to ask again."""

        def work(connection: Connection) -> float:
            drawn = {"of_bucket": bucket}
            if connection.scalar(sql.DRAW, drawn) is not None:
                return 0.0
            next_at, now = connection.execute(sql.NEXT_AT, drawn).one()
            return max(0.05, float((next_at - now).total_seconds()))

        return await self._run(work)

    async def when_free(self, tell: Callable[[], None]) -> None:
        """Call `tell` when shards may have become free, or processes others."""
        self._processes.when_changed(tell)
        await self._processes.listen(sql.CHANNEL, lambda _: tell())

    async def _run(self, work: Work[T]) -> T:
        try:
            return await self._processes.session.run(work)
        except BROKEN as error:
            msg = f"the session of the process does not work ({type(error).__name__})"
            raise StorageBusy(msg) from error


def _rows(leases: Collection[ShardLease]) -> str:
    """Return leases as JSON, so that one statement takes them all."""
    return json.dumps(
        [
            {
                "shard_id": one.shard_id,
                "fence": one.fence,
                "session_id": session and session.id,
                "resume_url": session and session.resume_url,
                "sequence": session and session.sequence,
            }
            for one in leases
            for session in [one.session]
        ]
    )
