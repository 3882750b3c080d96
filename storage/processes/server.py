"""This process among those on a database server: its row, and its seats.

The row says that the process lives, and its session holds the advisory locks of its
seats. They go together only roughly: the locks end with the session, the row 20 s after
the last heartbeat. So a process that cannot renew its row stops writing before the
others may take it for dead, and gives up its seats as soon as the session has broken.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

import bot
from bot.errors import StorageBusy
from bot.processes.seats import Seat
from storage.database.server_locks import CLASS
from storage.processes import statements as sql
from storage.processes.seat_sharing import SeatSharing
from storage.processes.session import BROKEN, Heard, Session

HEARTBEAT_S = 5.0
"""How often a process renews its row."""
CERTAIN_FOR_S = 10.0
"""For so long after a renewal began, the others certainly take this process for alive:
less than `DEAD_AFTER_S`, by what a transaction may take."""
RETURN_WITHIN_S = 15.0
"""How long a process that was cut off itself takes nobody for dead: the others may have
been cut off, too."""
OTHERS_FIRST_S = 1.0
"""How long a free seat is left to processes that have none."""
RETRY_S = 1.0
"""Between two attempts to reach the server."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the server said at the last heartbeat."""

    living: int
    ours: frozenset[Seat]
    free: frozenset[Seat]
    holders: int
    """How many processes have any."""


class ServerProcesses:
    """Implements `bot.processes.ports.Processes` on a session of its own."""

    def __init__(self, session: Session, *, session_name: str, name: str) -> None:
        """Set up; nobody knows of this process before `join`.

        `session_name` is what all its sessions are called, `name` what it is called in
        sentences.
        """
        self._session = session
        self._session_name = session_name
        self._name = name
        self._id = ""
        self._living = 1
        self._seats: frozenset[Seat] = frozenset()
        self._given_up: frozenset[Seat] = frozenset()
        self._free_since_s: dict[Seat, float] = {}
        self._sharing = SeatSharing()
        self._renewed_s = -CERTAIN_FOR_S
        self._renewing_since_s = 0.0
        self._ahead_s = 0.0
        self._tells: list[Callable[[], None]] = []
        self._in_progress: Callable[[], Mapping[str, int]] = dict
        """How much work there is; none before `watch`."""
        self._woken = asyncio.Event()
        self._has_removed_dead = False

    @property
    def id(self) -> str:
        """Of this process, since it last joined the others."""
        return self._id

    @property
    def living(self) -> int:
        """How many live, as the last heartbeat has shown."""
        return self._living

    @property
    def session(self) -> Session:
        """Carries all this, and may carry more."""
        return self._session

    @property
    def clock_ahead_s(self) -> float:
        """By how much this process's clock is ahead of the server's, as last seen."""
        return self._ahead_s

    def require(self) -> None:
        """Return if the others certainly take this process for alive."""
        if time.monotonic() - self._renewed_s < CERTAIN_FOR_S:
            return
        msg = "the other processes may take this one for dead"
        raise StorageBusy(msg)

    def holds(self, seat: Seat) -> bool:
        """Return whether the seat is ours: its lock ends with the session."""
        return seat in self._seats and self._session.is_open

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Call `tell` after the id, the living or the seats have changed."""
        self._tells.append(tell)

    async def listen(self, channel: str, heard: Heard) -> None:
        """Call `heard` with each payload in a channel of the server's."""
        await self._session.listen(channel, heard)

    async def join(self) -> None:
        """Make this process known, and take the first seat that is free.

        Raises:
            BROKEN: If the server did not answer.
        """
        await self._session.listen(sql.CHANNEL, lambda _: self._woken.set())
        self._session.when_closed(self._woken.set)
        await self._begin()
        await self._heartbeat()

    async def watch(self, in_progress: Callable[[], Mapping[str, int]]) -> None:
        """Renew the row until cancelled, and join again if others took us for dead."""
        self._in_progress = in_progress
        while True:
            await self._pause()
            try:
                await self._heartbeat()
            except BROKEN as error:
                log.error(  # noqa: TRY400 - a stack says nothing more
                    "database session lost", reason=type(error).__name__
                )
                await self._reconnect()
                log.info("database session reopened")

    async def give_up(self, seats: AbstractSet[Seat]) -> None:
        """Give seats to others, and take none of them again."""
        self._given_up |= seats
        await self._let_go(seats)

    async def _let_go(self, seats: AbstractSet[Seat]) -> None:
        ours = self._seats & seats
        self._seats -= seats
        self._tell()  # nothing more is begun for them

        def work(connection: Connection) -> None:
            for seat in ours:
                connection.execute(sql.GIVE_UP, sql.of_seat(seat))
            connection.execute(sql.NOTIFY)

        with suppress(*BROKEN):  # then they are free, too
            await self._session.run(work)

    async def leave(self) -> None:
        """Let the others know at once that this process has ended."""
        self._renewed_s = -CERTAIN_FOR_S

        def work(connection: Connection) -> None:
            connection.execute(sql.LEAVE, {"this_process": self._id})
            connection.execute(sql.NOTIFY)

        with suppress(*BROKEN):  # they will find out
            await self._session.run(work)

    async def _begin(self) -> None:
        """Join with a new id: of what the former one had claimed nothing is ours."""
        self._id = secrets.token_hex(8)
        row = {
            "id": self._id,
            "name": self._name,
            "session": self._session_name,
            "version": bot.__version__,
        }

        def work(connection: Connection) -> None:
            connection.execute(sql.JOIN, row)
            connection.execute(sql.NOTIFY)

        began_s = time.monotonic()
        await self._session.run(work)
        self._renewed_s = self._renewing_since_s = began_s

    async def _heartbeat(self) -> None:
        """Renew the row, see who else lives, and take the seats that are due to us."""
        began_s = time.monotonic()
        if began_s - self._renewed_s > CERTAIN_FOR_S:
            self._renewing_since_s = began_s
        may_remove_dead = began_s - self._renewing_since_s >= RETURN_WITHIN_S
        before = (self._id, self._living, self._seats)
        work = self._in_progress()
        seen = await self._session.run(
            lambda connection: self._look(
                connection, work, may_remove_dead=may_remove_dead
            )
        )
        if seen is None:
            await self._begin_again()
        else:
            self._renewed_s = began_s
            self._living = seen.living
            self._seats = seen.ours - self._given_up
            await self._take(seen.free - self._given_up)
            await self._share(seen)
        if (self._id, self._living, self._seats) != before:
            self._tell()

    def _look(
        self, connection: Connection, work: Mapping[str, int], *, may_remove_dead: bool
    ) -> _Seen | None:
        """Renew, and return what is there; None = we have no row any more."""
        asked_s = time.time()
        renewing = connection.execute(
            sql.RENEW, {"this_process": self._id, "work": work}
        ).one()
        answered_s = time.time()
        renewed, living, dead, server_s = renewing
        if not renewed:
            return None
        # The server told its time somewhere in between.
        self._ahead_s = (asked_s + answered_s) / 2 - float(server_s)
        if dead and may_remove_dead:
            for name, sessions in connection.execute(
                sql.REMOVE_DEAD, {"this_process": self._id}
            ):
                log.warning("process is dead", process=name, sessions_ended=sessions)
                self._has_removed_dead = True
        rows = connection.execute(sql.TAKEN, {"class": CLASS}).all()
        taken = {row.key: row.ours for row in rows}
        return _Seen(
            living=living,
            ours=frozenset(seat for seat in Seat if taken.get(sql.KEYS[seat])),
            free=frozenset(seat for seat in Seat if sql.KEYS[seat] not in taken),
            holders=len({row.pid for row in rows}),
        )

    async def _take(self, free: AbstractSet[Seat]) -> None:
        """Take one free seat, and more of those that nobody without one has taken."""
        now_s = time.monotonic()
        self._free_since_s = {
            seat: self._free_since_s.get(seat, now_s) for seat in free
        }
        for seat in Seat:
            if seat not in free:
                continue
            if self._seats and now_s - self._free_since_s[seat] < OTHERS_FIRST_S:
                continue
            parameters = sql.of_seat(seat)
            taken = await self._session.run(
                lambda connection, of=parameters: connection.scalar(sql.TAKE, of)  # type: ignore[misc]
            )
            if taken:
                self._seats |= {seat}
                log.info("seat taken", seat=seat.value)
            del self._free_since_s[seat]

    async def _share(self, seen: _Seen) -> None:
        """Give one of several seats to a process that has had none for a while."""
        without = 0 if seen.free else seen.living - seen.holders
        surplus = self._sharing.surplus(self._seats, without=without)
        if surplus:
            log.info("seat given away", seats=[one.value for one in surplus])
            await self._let_go(surplus)

    async def _begin_again(self) -> None:
        log.warning("process was taken for dead, and begins again")
        self._lose_seats()
        # In a new session, so that the seats are free.
        await self._session.open()
        await self._begin()

    async def _reconnect(self) -> None:
        self._lose_seats()
        while True:
            try:
                await self._session.open()
                await self._heartbeat()
            except BROKEN as error:
                log.debug("database session not opened", reason=type(error).__name__)
                await asyncio.sleep(RETRY_S)
            else:
                return

    def _lose_seats(self) -> None:
        if self._seats:
            self._seats = frozenset()
            self._tell()

    async def _pause(self) -> None:
        """Wait until the next heartbeat is due, or somebody has news."""
        # Those sessions end in a moment, and then their seats are free.
        is_soon = self._free_since_s or self._has_removed_dead
        wait_s = OTHERS_FIRST_S if is_soon else HEARTBEAT_S
        self._has_removed_dead = False
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        self._woken.clear()

    def _tell(self) -> None:
        for tell in self._tells:
            tell()
