"""Who holds which shard of Discord's gateway: values, the fair share, a Protocol.

A shard is held by a lease. Who has it connects to the gateway for the servers of that
shard, `(guild_id >> 22) % count` (Discord docs, "Sharding").
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.ids import GuildId

_TIMESTAMP_SHIFT = 22
"""An id begins with the time that it was made at; the rest is no part of the shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySession:
    """What the next holder of a shard needs to go on where the last one stopped."""

    id: str
    resume_url: str
    sequence: int
    """Of the last event that was taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardLease:
    """A shard that a process holds, or held."""

    shard_id: int
    fence: int
    """Raised each time somebody takes the shard."""
    session: GatewaySession | None
    """As last known; None = a new one has to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How the shards are shared out, as this process sees it."""

    count: int
    """How many shards there are; 0 = nobody has said it yet."""
    ours: frozenset[int]
    """Of those that were to be renewed, the ones that still are this process's."""
    this_process: str
    staying: int
    """Processes, this one included, but for those that take no shard again."""
    held: Mapping[str, int]
    """How many each process holds by a lease that has not run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayStatus:
    """How a process stands with Discord's gateway."""

    connected: bool
    """Each shard that it holds is connected, and it holds one at least."""
    held: frozenset[int]
    count: int
    """How many shards there are, over all processes; 0 = that is not known yet."""
    stands_by: bool
    """Others hold all shards, and there is none for this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownShards:
    """Shards whose servers a process knows, all of them."""

    count: int
    numbers: frozenset[int]

    def cover(self, guild_id: GuildId) -> bool:
        """Return whether a server's shard is among them."""
        return bool(self.count) and shard_of(guild_id, self.count) in self.numbers


def shard_of(guild_id: int, count: int) -> int:
    """Return which one of so many shards is told of a server."""
    return (guild_id >> _TIMESTAMP_SHIFT) % count


def balance(holdings: Holdings) -> int:
    """Return how many shards this process may take now; -1 = it is to give one away.

    Everybody is to have the same number, or one more than others. What is free goes
    first to those who have less. Where all have at most their share and one has too
    little, only one gives away, so that not two do at once.
    """
    this, staying = holdings.this_process, max(1, holdings.staying)
    least, rest = divmod(holdings.count, staying)
    most = least + (1 if rest else 0)
    ours = holdings.held.get(this, 0)
    others = [n for process, n in holdings.held.items() if process != this]
    others += [0] * (staying - 1 - len(others))
    free = holdings.count - ours - sum(others)
    wanted = sum(max(0, least - n) for n in others)
    if ours < least:
        return min(least - ours, free)
    if ours < most and free > wanted:
        return 1
    if ours > most:
        return -1
    if ours > least and wanted > free:
        first = max(holdings.held.items(), key=lambda one: (one[1], one[0]))
        return -1 if first[0] == this else 0
    return 0


class ShardLeases(Protocol):
    """The leases of shards. Implemented in `storage.processes`."""

    async def settle(self, count: int) -> int:
        """Let there be so many shards, unless any is held; return how many there are.

        Raises:
            StorageError: If the database did not answer.
        """
        ...

    async def renew(self, leases: Sequence[ShardLease]) -> Holdings:
        """Renew leases, write down their sessions, and see how all are shared out.

        Raises:
            StorageError: If the database did not answer.
        """
        ...

    async def take(self, most: int, count: int) -> Sequence[ShardLease]:
        """Take shards that nobody holds, if there still are `count` in all.

        Raises:
            StorageError: If the database did not answer.
        """
        ...

    async def release(self, leases: Collection[ShardLease], *, for_good: bool) -> None:
        """Let others have shards at once, and tell them so.

        `for_good`: this process takes none again, and has no share of them.

        Raises:
            StorageError: If the database did not answer: the leases run out.
        """
        ...

    async def identify_wait_s(self, bucket: int) -> float:
        """Return 0.0 if a session may begin now, else after how many seconds to ask.

        Over all processes one in five seconds may, in each of Discord's
        `max_concurrency` buckets.

        Raises:
            StorageError: If the database did not answer.
        """
        ...

    async def when_free(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when shards may have become free, or processes others."""
        ...

    @property
    def clock_ahead_s(self) -> float:
        """By how many seconds our clock is ahead of the one all share; 0 if alone."""
        ...

    @property
    def shared(self) -> bool:
        """Whether another process may go on with the sessions of this one."""
        ...
