"""Tells each server's log channel what was done: one line for each audit row.

The audit itself is the record. Whether a line whose answer was lost is there already,
the channel's latest hundred messages say; where more have followed, or they may not be
read, the line is posted again rather than lost.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    ClaimLost,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    StorageError,
)
from bot.ids import ChannelId, GuildId, JobId
from bot.jobs.jobs import Job
from bot.jobs.store import JobLookups
from bot.models.choices import Mode
from bot.moderation.log_ports import GuildLogStore, LogClaim
from bot.moderation.ports import AuditRow, CardBoard, ChannelView
from bot.workers.attempts import more_attempts
from bot.workers.outcomes import noted, noted_search
from bot.workers.post_once import (
    MOST_REFUSALS,
    REFUSED_WAIT_S,
    PostOnce,
    is_refusal,
    ungated,
)
from bot.workers.row_worker import RowWorker
from bot.workers.scan import scan
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

PAUSE_S = 2.0
MOST_LOGS = 100
"""Servers that are looked at together, if not all of them wait for themselves."""
PAGE = 20
"""A server's lines in one claim."""
BACKOFF = Backoff(base_s=5.0, cap_s=600.0)


class GuildLog(RowWorker[GuildId, LogClaim]):
    """Posts what no log channel knows yet, each server's entries in their order."""

    name = "guild log"

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        logs: GuildLogStore,
        jobs: JobLookups,
        board: CardBoard,
        channels: ChannelView,
        clock: Clock,
        *,
        messages: EndpointLimit,
        idle_s: float,
    ) -> None:
        """Keep the parts; where nothing is due, it looks again within `idle_s`."""
        super().__init__(logs, clock)
        self._logs = logs
        self._jobs = jobs
        self._board = board
        self._channels = channels
        self._clock = clock
        self._idle_s = idle_s
        self._messages = messages
        messages.when_free(self.wake_if_held_up)

    async def run_once(self) -> float:
        """Post what is new, server by server."""
        due, _ = await scan(
            partial(self._logs.due, self._clock.now()),
            lambda one: self._messages.waits_alone(one[1]),
            least=MOST_LOGS,
        )
        wait_s = await self._under_way.begin_all(
            [
                Piece(
                    key=guild_id, item=channel_id, work=partial(self._claim, guild_id)
                )
                for guild_id, channel_id in due
            ],
            self._messages,
        )
        if not due and not self._under_way:
            return await self._leases.idle_s(self._idle_s)
        # What is posted may be followed by more when that ends.
        return PAUSE_S if wait_s is None else min(wait_s, PAUSE_S)

    async def _claim(self, guild_id: GuildId, call: Call) -> None:
        """Post a server's lines, unless somebody else does."""
        now = self._clock.now()
        claim = await self._logs.claim(guild_id, now, self._leases.until, PAGE)
        if claim is None:
            return
        try:
            async with self._leases.keep(claim):
                await self._post_all(claim, call)
        except ClaimLost:
            log.warning("claim lost", worker=self.name, guild_id=guild_id)
        except StorageError:
            # No server's fault: it is as due as before, once that can be recorded.
            await until_stored(lambda: self._logs.release(claim))
            raise

    async def _post_all(self, claim: LogClaim, call: Call) -> None:
        """Post lines one after another, as far as Discord takes them."""
        while claim.rows:
            if not await self._is_over(claim, call):
                return
            claim = await self._passed(claim)
        if await self._logs.finish(claim):
            self.wake()

    async def _is_over(self, claim: LogClaim, call: Call) -> bool:
        """Post the first line, or give it up; otherwise postpone it."""
        try:
            await self._post(claim, claim.rows[0], call)
        except (PlaceGone, PlaceForbidden) as error:
            # The audit has it; a channel that is closed to us gets no backlog later.
            log.warning(
                "log line impossible", guild_id=claim.guild_id, reason=str(error)
            )
        except MessengerError as error:
            return await self._is_given_up(claim, error)
        except (StorageError, ClaimLost):
            raise  # no server's fault
        except Exception:
            # One server's unexpected error must not keep the others waiting.
            log.exception("log line not posted", guild_id=claim.guild_id)
            await self._postpone(claim, BACKOFF.cap_s)
            return False
        return True

    async def _passed(self, claim: LogClaim) -> LogClaim:
        """Record that the first line is done with; return the claim without it."""
        row = claim.rows[0]
        await until_stored(
            lambda: self._logs.note_posted(claim, row, self._leases.until)
        )
        return replace(
            claim, rows=claim.rows[1:], intended_at=None, attempts=0, refusals=0
        )

    async def _post(self, claim: LogClaim, row: AuditRow, call: Call) -> None:
        """Post one line, unless it is there already."""
        channel_id = claim.channel_id
        job = await self._shown_job(row, channel_id)
        once = PostOnce(
            intended_at=claim.intended_at,
            find=noted_search(
                call, partial(self._board.find_log_line, channel_id, row)
            ),
            gate=ungated,
            intend=partial(self._intend, claim),
            post=noted(call, partial(self._board.post_log_line, channel_id, row, job)),
            instead=None,
        )
        await once.do(self._clock.now())

    async def _intend(self, claim: LogClaim, at: datetime | None) -> None:
        # An intent stays: a refusal that we do not know proves nothing.
        if at is not None:
            await self._logs.intend(claim, at)

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

    async def _is_given_up(self, claim: LogClaim, error: MessengerError) -> bool:
        """Give up a line that is always refused; otherwise postpone it."""
        log.warning("log line not posted", guild_id=claim.guild_id, reason=str(error))
        if is_refusal(error):
            refused = replace(claim, refusals=claim.refusals + 1)
            if refused.refusals >= MOST_REFUSALS:
                log.error("log line given up", guild_id=claim.guild_id)
                return True
            await self._postpone(refused, REFUSED_WAIT_S)
            return False
        alone = self._messages.fails_alone(claim.channel_id)
        failed = replace(
            claim, attempts=more_attempts(claim.attempts, fails_alone=alone)
        )
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        own_s = self._messages.retry_s(
            claim.channel_id, BACKOFF.wait_s(failed.attempts)
        )
        await self._postpone(failed, max(own_s, asked_s or 0.0))
        return False

    async def _postpone(self, claim: LogClaim, wait_s: float) -> None:
        self.wake_in(wait_s)
        await self._logs.postpone(
            claim,
            self._clock.now() + timedelta(seconds=wait_s),
            attempts=claim.attempts,
            refusals=claim.refusals,
        )
