"""The shards of the only process on its database: all of them, and no row."""

from collections.abc import Callable, Collection, Sequence

from bot.processes.shards import Holdings, ShardLease


class AllShards:
    """Implements `bot.processes.shards.ShardLeases` where nobody else may be."""

    clock_ahead_s = 0.0
    shared = False

    def __init__(self) -> None:
        self._count = 0
        self._held: set[int] = set()

    async def settle(self, count: int) -> int:
        """Let there be so many."""
        if not self._held:
            self._count = count
        return self._count

    async def renew(self, leases: Sequence[ShardLease]) -> Holdings:
        """Return that all are ours."""
        this = "only"
        return Holdings(
            count=self._count,
            ours=frozenset(one.shard_id for one in leases),
            this_process=this,
            staying=1,
            held={this: len(self._held)} if self._held else {},
        )

    async def take(self, most: int, count: int) -> Sequence[ShardLease]:
        """Take what is left."""
        free = [one for one in range(count) if one not in self._held][:most]
        self._held.update(free)
        return [ShardLease(shard_id=one, fence=1, session=None) for one in free]

    async def release(
        self,
        leases: Collection[ShardLease],
        *,
        for_good: bool,  # noqa: ARG002 - there is nobody to tell
    ) -> None:
        """Hold them no more."""
        self._held -= {one.shard_id for one in leases}

    async def identify_wait_s(self, bucket: int) -> float:  # noqa: ARG002 - of any
        """Return 0.0: the process paces itself."""
        return 0.0

    async def when_free(self, tell: Callable[[], None]) -> None:
        """Nobody else ever lets go of any."""
