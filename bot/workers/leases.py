"""Leases of rows that a worker is about: kept while it is, and let go at the end."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bot.clock import Clock
from bot.workers.heartbeat import Heartbeat

LEASE_S = 20.0
"""How long a claim holds unless it is renewed, every `HEARTBEAT_S`."""

C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)


class LeaseStore(Protocol[C_contra]):
    """Keeps rows that are claimed one by one. Each method is one transaction."""

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when there is something to claim next; a past time if there is now.

        That is when a row becomes due, or a lease ends whose holder may be dead by
        then. None = nothing will be.
        """
        ...

    async def renew(self, claims: Sequence[C_contra], until: datetime) -> None:
        """Let the leases of those claims that are still held end at `until`."""
        ...

    async def let_go(self, claims: Sequence[C_contra]) -> None:
        """End claims that are still held: their rows are as due as before.

        Other processes are told.
        """
        ...


class Leases(Generic[C]):
    """The claims that a worker holds."""

    def __init__(self, name: str, store: LeaseStore[C], clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: list[C] = []
        self._cut_off: list[C] = []
        self._heartbeat = Heartbeat(name, self._renew)

    @property
    def until(self) -> datetime:
        """When the lease of a claim ends that is made now."""
        return self._clock.now() + timedelta(seconds=LEASE_S)

    async def idle_s(self, longest_s: float) -> float:
        """Return how long a worker that has nothing to claim may sleep."""
        now = self._clock.now()
        next_at = await self._store.next_due(now)
        if next_at is None:
            return longest_s
        return min(max((next_at - now).total_seconds(), 0.0), longest_s)

    @asynccontextmanager
    async def keep(self, claim: C) -> AsyncGenerator[None]:
        """Renew a claim while the block runs, which ends it itself."""
        self._held.append(claim)
        self._heartbeat.begin()
        try:
            yield
        except asyncio.CancelledError:
            self._cut_off.append(claim)
            raise
        finally:
            self._held.remove(claim)
            if not self._held:
                self._heartbeat.end()

    async def hand_over(self) -> None:
        """End the claims whose blocks were cancelled, for others to take them."""
        cut_off, self._cut_off = self._cut_off, []
        if cut_off:
            await self._store.let_go(cut_off)

    async def _renew(self) -> None:
        await self._store.renew(list(self._held), self.until)
