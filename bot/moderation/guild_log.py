"""Tells each server's log channel what was done: one line for each audit row.

The audit itself is the record. Whether a line from an earlier life, or one whose answer
was lost, is there already, the channel's latest hundred messages say; where more have
followed, or they may not be read, the line is posted again rather than lost.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    StorageError,
)
from bot.ids import ChannelId, GuildId, JobId
from bot.jobs.jobs import Job
from bot.jobs.store import JobLookups
from bot.jobs.video import Mode
from bot.moderation.ports import AuditRow, AuditTrail, CardBoard, ChannelView
from bot.processes.seats import Seat
from bot.workers.job_worker import more_attempts
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S, is_refusal
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece, SideBySide
from bot.workers.storing import until_stored
from bot.workers.verdicts import heard_of_discord, searching
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

PAUSE_S = 2.0
PAGE = 20
BACKOFF = Backoff(base_s=5.0, cap_s=600.0)


class GuildLog(Worker):
    """Posts what no log channel knows yet, each server's entries in their order."""

    name = "guild log"
    seat = Seat.HOUSEKEEPING

    def __init__(
        self,
        trail: AuditTrail,
        jobs: JobLookups,
        board: CardBoard,
        channels: ChannelView,
        clock: Clock,
        *,
        messages: EndpointLimit,
    ) -> None:
        super().__init__()
        self._trail = trail
        self._jobs = jobs
        self._board = board
        self._channels = channels
        self._clock = clock
        self._messages = messages
        self._telling: SideBySide[GuildId] = SideBySide(self.name, lambda: None)
        """By server: one line of each at a time."""
        messages.when_free(self.wake)
        self._began_at = clock.now()
        """Lines from before then may have been posted by a process that died."""
        self._failures: Counter[GuildId] = Counter()
        self._refusals: Counter[GuildId] = Counter()
        """Of each server's next line."""
        self._not_before: dict[GuildId, datetime] = {}
        """Servers whose log cannot be written just now. A restart forgives them."""

    async def look(self) -> float:
        """Post what is new, server by server."""
        now = self._clock.now()
        for guild_id in [one for one, at in self._not_before.items() if at <= now]:
            del self._not_before[guild_id]
        resting = set(self._not_before)
        wait_s: float | None = None
        while wait_s is None:
            skip = (*resting, *self._telling.keys)
            rows = await self._trail.unlogged(PAGE, skip=skip)
            if not rows:
                return PAUSE_S
            pieces = [
                Piece(
                    key=guild_id, item=channel_id, work=partial(self._tell, guild_rows)
                )
                for guild_id, channel_id, guild_rows in _by_guild(rows)
            ]
            wait_s = await self._telling.begin_all(pieces, self._messages)
            now = self._clock.now()
            resting |= {one for one, at in self._not_before.items() if now < at}
        return min(wait_s, PAUSE_S)

    async def drain(self) -> None:
        """Wait for the lines on their way."""
        await self._telling.drain()

    async def abandon(self) -> None:
        """Cancel the lines on their way."""
        await self._telling.abandon()

    async def _tell(
        self, rows: Sequence[tuple[AuditRow, ChannelId]], call: Call
    ) -> None:
        """Post a server's lines one after another, as far as Discord takes them."""
        for row, channel_id in rows:
            try:
                if not await self._told(row, channel_id, call):
                    return
            except StorageError as error:
                # No server's fault, and the storage tells of it itself.
                log.debug("log line waits for the database", reason=str(error))
                self._rest(row.entry.guild_id, PAUSE_S)
                return
            except Exception:
                # One server's surprise must not keep the others waiting.
                log.exception("log line not told", guild_id=row.entry.guild_id)
                self._rest(row.entry.guild_id, BACKOFF.cap_s)
                return

    async def _told(self, row: AuditRow, channel_id: ChannelId, call: Call) -> bool:
        """Post one line; return whether the server's next one may follow."""
        guild_id = row.entry.guild_id
        try:
            await self._post(row, channel_id, call)
        except (PlaceGone, PlaceForbidden) as error:
            # The audit has it; a channel that is closed to us gets no backlog later.
            log.warning("log line impossible", guild_id=guild_id, reason=str(error))
        except MessengerError as error:
            if not self._is_given_up(guild_id, channel_id, error):
                return False
        self._failures.pop(guild_id, None)
        self._refusals.pop(guild_id, None)
        await until_stored(lambda: self._trail.note_logged(guild_id, row.id))
        return True

    async def _post(self, row: AuditRow, channel_id: ChannelId, call: Call) -> None:
        """Post one line, unless it is there already."""
        guild_id = row.entry.guild_id
        tried = self._failures[guild_id] or self._refusals[guild_id]
        unsure = row.entry.at <= self._began_at or tried
        is_logged = searching(call, partial(self._board.is_logged, channel_id, row))
        if unsure and await is_logged():
            return
        job = await self._shown_job(row, channel_id)
        with heard_of_discord(call):
            await self._board.post_log_line(channel_id, row, job)

    async def _shown_job(self, row: AuditRow, channel_id: ChannelId) -> Job | None:
        """Return the job concerned, if its prompt may be shown in that channel."""
        kind, _, job_id = (row.entry.subject or "").partition(":")
        if kind != "job":
            return None
        job = await self._jobs.get(JobId(job_id))
        if job is None or job.guild_id != row.entry.guild_id:
            return None
        if job.request.mode is not Mode.SPICY:
            return job
        restricted = await self._channels.is_restricted(job.guild_id, channel_id)
        return job if restricted else None

    def _is_given_up(
        self, guild_id: GuildId, channel_id: ChannelId, error: MessengerError
    ) -> bool:
        """Let a server rest after a failure, or give up what is always refused."""
        log.warning("log line not posted", guild_id=guild_id, reason=str(error))
        if is_refusal(error):
            self._refusals[guild_id] += 1
            if self._refusals[guild_id] >= MOST_REFUSALS:
                log.error("log line given up", guild_id=guild_id)
                return True
            self._rest(guild_id, REFUSED_WAIT_S)
            return False
        failures = more_attempts(
            self._failures[guild_id], fails_alone=self._messages.fails_alone(channel_id)
        )
        self._failures[guild_id] = failures
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        own_s = self._messages.retry_s(channel_id, BACKOFF.wait_s(failures))
        self._rest(guild_id, max(own_s, asked_s or 0.0))
        return False

    def _rest(self, guild_id: GuildId, wait_s: float) -> None:
        self._not_before[guild_id] = self._clock.now() + timedelta(seconds=wait_s)


Rows = Sequence[tuple[AuditRow, ChannelId]]


def _by_guild(rows: Rows) -> Iterator[tuple[GuildId, ChannelId, Rows]]:
    """Group rows by server, each server's in their order."""

    def guild_id(row: tuple[AuditRow, ChannelId]) -> GuildId:
        return row[0].entry.guild_id

    for of_guild, some in groupby(sorted(rows, key=guild_id), key=guild_id):
        of_this = list(some)
        yield of_guild, of_this[0][1], of_this
