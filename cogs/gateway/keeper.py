"""Keeps the shards that this process holds by leases: takes, renews, gives away.

A process that could not renew its leases for 10 s has none for certain: others may take
them after 15 s. From then on it comes back to no connection that ends, and takes in no
command that another process may have had. It does not hang up: if the database fails
everybody, nobody takes its shards, and members are still told that it is busy.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from bot.errors import StorageError
from bot.processes.shards import ShardLease, ShardLeases, balance
from cogs.gateway.retry import FINAL
from cogs.gateway.shard import ShardConnection

RENEW_S = 5.0
CERTAIN_FOR_S = 10.0
"""After a renewal began."""
RETRY_S = 1.0
"""After a renewal that failed, and between two shards that are given away."""
RENEW_WITHIN_S = 3.0

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Held:
    """A shard that is held, and its connection."""

    lease: ShardLease
    connection: ShardConnection
    task: asyncio.Task[None]
    renewed_s: float

    @property
    def latest(self) -> ShardLease:
        return replace(self.lease, session=self.connection.session)


class ShardKeeper:
    """Holds this process's fair share of the shards."""

    def __init__(
        self,
        leases: ShardLeases,
        *,
        connect: Callable[[ShardLease], ShardConnection],
        dropped: Callable[[int], None],
        counted: Callable[[int], None],
        changed: Callable[[], None],
    ) -> None:
        """Hold nothing yet.

        Args:
            leases: Where shards are taken and given away.
            connect: Makes the connection of a shard that was taken.
            dropped: Told of a shard that is held no more.
            counted: Told how many shards there are, before any is taken.
            changed: Told whenever it is known which shards are held.
        """
        self._leases = leases
        self._connect = connect
        self._dropped = dropped
        self._counted = counted
        self._changed = changed
        self._held: dict[int, _Held] = {}
        self._count = 0
        self._others_hold_all = False
        self._failing = False
        self._leaving = False
        self._final: BaseException | None = None
        self._woken = asyncio.Event()
        self._looked = asyncio.Event()

    @property
    def count(self) -> int:
        """How many shards there are; 0 = that is not known yet."""
        return self._count

    @property
    def held(self) -> frozenset[int]:
        """The shards that this process holds."""
        return frozenset(self._held)

    @property
    def stands_by(self) -> bool:
        """Whether this process holds none because others hold them all."""
        return not self._held and self._others_hold_all

    def connection(self, shard_id: int) -> ShardConnection | None:
        """Return a held shard's connection."""
        held = self._held.get(shard_id)
        return None if held is None else held.connection

    async def run(self, recommended: int, *, over: Callable[[], bool]) -> None:
        """Take and keep shards until `over`; hang up at the end.

        Raises:
            discord.DiscordException: One of `retry.FINAL`.
        """
        await self._leases.when_free(self.wake)
        try:
            await self._settle(recommended, over)
            while not over():
                wait_s = await self.run_once()
                if self._final is not None:
                    raise self._final
                await self._pause(wait_s)
        finally:
            await asyncio.gather(*(self._drop(one) for one in [*self._held.values()]))

    async def _pause(self, wait_s: float) -> None:
        """Wait for the next pass. After a failure no wake-up shortens it."""
        if self._failing:
            await asyncio.sleep(wait_s)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
        self._woken.clear()

    async def run_once(self) -> float:
        """Renew, take or give away; return after how many seconds to look again."""
        try:
            wanted = await self._renew()
        except (StorageError, TimeoutError) as error:
            if not self._failing:
                log.warning("shards not renewed", reason=str(error))
            self._failing = True
            return RETRY_S
        else:
            self._failing = False
            return RETRY_S if wanted < 0 else RENEW_S
        finally:
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            self._changed()

    async def _renew(self) -> int:
        """Renew, and take or give away as many as is fair; return how many that was."""
        began_s = time.monotonic()
        async with asyncio.timeout(RENEW_WITHIN_S):
            latest = [one.latest for one in self._held.values()]
            holdings = await self._leases.renew(latest)
        for shard_id, held in [*self._held.items()]:
            if shard_id in holdings.ours:
                held.renewed_s = began_s
            else:
                log.warning("shard lost", shard=shard_id)
                await self._drop(held)
        if not self._held and holdings.count != self._count:
            self._count_is(holdings.count)
        self._others_hold_all = sum(holdings.held.values()) >= self._count > 0
        wanted = 0 if self._leaving else balance(holdings)
        if wanted > 0:
            await self._take(wanted, began_s)
        elif wanted < 0 and len(self._held) == holdings.held[holdings.this_process]:
            # Else the surplus is leases that we do not use, which run out: what we took
            # or gave away, but the answer was lost.
            await self._give_away([self._held[max(self._held)]], for_good=False)
        return wanted

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    async def give_all_away(self) -> None:
        """Let others have all shards at once, and take none again.

        Where there is nobody else, the sessions end, so that Discord shows the bot as
        offline.
        """
        self._leaving = True
        for one in self._held.values():
            one.connection.ends_session = not self._leases.shared
        with suppress(StorageError):  # then the leases run out
            await self._give_away([*self._held.values()], for_good=True)

    def is_certain(self, shard_id: int) -> bool:
        """Return whether nobody else can have taken a shard."""
        held = self._held.get(shard_id)
        return held is not None and time.monotonic() - held.renewed_s < CERTAIN_FOR_S

    async def confirm(self, shard_id: int) -> bool:
        """As `is_certain`, after a look if that is overdue and not known to fail."""
        if not self.is_certain(shard_id) and not self._failing:
            looked = self._looked
            self.wake()
            await looked.wait()
        return self.is_certain(shard_id)

    async def until_certain(self, shard_id: int) -> None:
        """Wait until a shard certainly is ours. Who loses it is cancelled."""
        while not self.is_certain(shard_id):
            looked = self._looked
            self.wake()
            await looked.wait()

    async def _settle(self, recommended: int, over: Callable[[], bool]) -> None:
        while not over():
            try:
                self._count_is(await self._leases.settle(recommended))
            except StorageError as error:
                log.debug("shards not settled", reason=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                return

    def _count_is(self, count: int) -> None:
        self._count = count
        self._counted(count)

    async def _take(self, most: int, began_s: float) -> None:
        taken = await self._leases.take(most, self._count)
        if self._leaving:  # since we asked
            await self._leases.release(taken, for_good=True)
            return
        for lease in taken:
            log.info("shard taken", shard=lease.shard_id, of=self._count)
            connection = self._connect(lease)
            task = asyncio.create_task(connection.run(), name=f"shard {lease.shard_id}")
            self._held[lease.shard_id] = _Held(lease, connection, task, began_s)
            task.add_done_callback(self._ended)

    async def _give_away(self, given: Sequence[_Held], *, for_good: bool) -> None:
        await asyncio.gather(*(self._drop(one) for one in given))
        # The sequence is read when nothing more is taken in.
        latest = [one.latest for one in given]
        await self._leases.release(latest, for_good=for_good)
        if latest:
            log.info("shards given away", shards=[one.shard_id for one in latest])

    async def _drop(self, held: _Held) -> None:
        """Hang up, so that others can go on with the session, and forget a shard.

        Somebody else may do so at the same time.
        """
        shard_id = held.lease.shard_id
        if self._held.get(shard_id) is not held:
            await asyncio.wait({held.task})
            return
        del self._held[shard_id]
        held.task.remove_done_callback(self._ended)
        held.task.cancel()
        await asyncio.wait({held.task})
        self._dropped(shard_id)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, FINAL):
            self._final = error
        elif error is not None:
            log.error("shard ended", exc_info=error)
            self._final = error
        self.wake()
