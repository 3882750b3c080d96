"""Whether this process does its work, from what its parts say. Knows no web."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot import deadline
from bot.clock import Clock
from bot.errors import StorageError
from bot.processes.ports import Processes
from bot.processes.seats import Seat
from bot.processes.shards import GatewayStatus

PROBE_TIMEOUT_S = 3.0
"""A database that takes longer to answer is no use to a member who waits."""
WRITE_WITHIN_S = 2.0
"""How long the database may be held by another program until it counts as failing."""
STALE_POLL_S = 120.0
"""Tasks are asked about every 20 s at the latest; after six times that, none is."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that has to work."""

    ok: bool
    age_s: float | None
    """Seconds since the fact that `ok` rests on; None = it has not happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How things stand at one moment."""

    gateway: Part
    """`age_s`: since the connection to Discord came up, or was lost."""
    database: Part
    """`age_s`: since it last answered."""
    polling: Part
    """`age_s`: since EvoLink last told us about our tasks."""
    open_jobs: int | None
    """Jobs whose tasks want polling; None = the database did not say."""
    evolink_outage_s: float | None
    """How long EvoLink has been failing us; None = it works. Not our fault."""
    standby: bool
    """Whether the other processes serve all of Discord's gateway. This one does other
    work all the same, and begins there when one of them ends."""
    shards: Sequence[int]
    """The shards of the gateway that this process holds."""
    shard_count: int
    """How many there are, over all processes; 0 = that is not known yet."""
    living: int
    """How many processes share the database, this one included."""
    seats: Sequence[Seat]
    """What this process does for all of them."""

    @property
    def parts(self) -> Mapping[str, bool]:
        """Whether each part of ours works, by its name."""
        return {
            "gateway": self.gateway.ok,
            "database": self.database.ok,
            "polling": self.polling.ok,
        }

    @property
    def healthy(self) -> bool:
        """Whether every part of ours works, so that a restart would not help."""
        return all(self.parts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has been seen so far. Every time is aware and in UTC."""

    gateway_is_up: bool = False
    gateway_since: datetime | None = None
    gateway_is_others: bool = False
    """Whether there is nothing of it for this process."""
    database_answers: bool = False
    database_answered_at: datetime | None = None
    polled_at: datetime | None = None
    open_jobs: int | None = None
    open_since: datetime | None = None
    """When jobs were first seen open without a break."""
    outage_since: datetime | None = None
    shards: Sequence[int] = ()
    shard_count: int = 0
    living: int = 1
    seats: Sequence[Seat] = tuple(Seat)


def snapshot(facts: Facts, now: datetime) -> Snapshot:
    """Return what the facts mean at `now`.

    Polling is at fault only if jobs have been open for longer than it may take, no
    poll succeeded meanwhile, and EvoLink is not the one that fails.
    """
    return Snapshot(
        gateway=Part(
            ok=facts.gateway_is_up or facts.gateway_is_others,
            age_s=_age_s(facts.gateway_since, now),
        ),
        database=Part(
            ok=facts.database_answers, age_s=_age_s(facts.database_answered_at, now)
        ),
        polling=Part(ok=_polls(facts, now), age_s=_age_s(facts.polled_at, now)),
        open_jobs=facts.open_jobs,
        evolink_outage_s=_age_s(facts.outage_since, now),
        standby=facts.gateway_is_others,
        shards=facts.shards,
        shard_count=facts.shard_count,
        living=facts.living,
        seats=facts.seats,
    )


class Health:
    """What the parts of the process tell about themselves, and what it amounts to."""

    def __init__(
        self,
        *,
        clock: Clock,
        database: Callable[[], Awaitable[object]],
        open_jobs: Callable[[], Awaitable[int]],
        processes: Processes,
    ) -> None:
        """Keep what `check` asks.

        Args:
            clock: The time of day.
            database: Tries to write; raising means that the database fails.
            open_jobs: How many jobs want polling. Those that only wait for a slot or
                a moderator must not count: nobody polls for them.
            processes: This one and the others. Who has no seat at EvoLink does not
                poll, and cannot be late.
        """
        self._clock = clock
        self._database = database
        self._open_jobs = open_jobs
        self._processes = processes
        self._facts: dict[str, Any] = {}

    def note_gateway(self, status: GatewayStatus) -> None:
        """Note how this process stands with Discord's gateway."""
        self._note(shards=sorted(status.held), shard_count=status.count)
        if status.stands_by:
            self.gateway_with_others()
        elif status.connected:
            self.gateway_up()
        else:
            self.gateway_down()

    def gateway_up(self) -> None:
        """Note that Discord's events arrive."""
        self._note(
            gateway_is_up=True,
            gateway_is_others=False,
            gateway_since=self._clock.now(),
        )

    def gateway_down(self) -> None:
        """Note that they do not. Saying it again does not make it younger."""
        others = self._facts.get("gateway_is_others", False)
        if self._facts.get("gateway_is_up", True) or others:
            self._note(
                gateway_is_up=False,
                gateway_is_others=False,
                gateway_since=self._clock.now(),
            )

    def gateway_with_others(self) -> None:
        """Note that other processes have all of it: nothing of it is missing here."""
        self._note(
            gateway_is_up=False,
            gateway_is_others=True,
            gateway_since=self._clock.now(),
        )

    def polled(self) -> None:
        """Note that EvoLink told us about tasks."""
        self._note(polled_at=self._clock.now())

    @property
    def polled_at(self) -> datetime | None:
        """When EvoLink last told this process about tasks."""
        polled_at: datetime | None = self._facts.get("polled_at")
        return polled_at

    def evolink_outage(self, since: datetime | None) -> None:
        """Note since when EvoLink fails us; None = it works (again)."""
        self._note(outage_since=since)

    async def check(self) -> Snapshot:
        """Ask the database now, and return how everything stands."""
        deadline.answer_within(WRITE_WITHIN_S)
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_S):
                await self._database()
                open_jobs = await self._open_jobs()
        except StorageError:
            # Storage logs when its trouble begins and when it ends.
            self._note(database_answers=False, open_jobs=None)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            if self._facts.get("database_answers", True):
                log.warning("database not answering", error=repr(error))
            self._note(database_answers=False, open_jobs=None)
        else:
            now = self._clock.now()
            since = self._facts.get("open_since") or now
            polls = self._processes.holds(Seat.EVOLINK)
            self._note(
                database_answers=True,
                database_answered_at=now,
                open_jobs=open_jobs,
                open_since=since if open_jobs and polls else None,
            )
        finally:
            deadline.answered()
        self._note(
            living=self._processes.living,
            seats=[seat for seat in Seat if self._processes.holds(seat)],
        )
        return snapshot(Facts(**self._facts), self._clock.now())

    def _note(self, **facts: object) -> None:
        self._facts.update(facts)


def _polls(facts: Facts, now: datetime) -> bool:
    if facts.open_since is None or facts.outage_since is not None:
        return True
    # A job that came after hours of silence must not inherit the silence's age.
    last = max(facts.open_since, facts.polled_at or facts.open_since)
    return (now - last).total_seconds() <= STALE_POLL_S


def _age_s(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())
