"""What follows when the handler of a claimed job raises an error.

One job's error must not stop the others, and must not repeat without a pause.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from bot.errors import ClaimLost, StorageError
from bot.ids import JobId
from bot.jobs.claims import Claim

log = structlog.get_logger(__name__)

Handler = Callable[[Claim], Awaitable[None]]

AFTER_ERROR_S = 60.0
"""How long a job rests after an unexpected error."""
AFTER_STORAGE_ERROR_S = 1.0
"""How long a claim is kept after an error of the database, before it is released."""
MOST_ERRORS = 10
"""Unexpected errors in a row after which a job is given up."""


class ClaimEnds(Protocol):
    """How a worker ends claims. Implemented by `bot.workers.job_worker.JobWorker`."""

    name: str

    async def postpone(self, claim: Claim, wait_s: float) -> None:
        """End a claim; the job is due again in so many seconds."""
        ...

    async def release(self, claim: Claim) -> None:
        """End a claim and leave the job as due as it was."""
        ...

    async def give_up(self, claim: Claim, reference: str) -> None:
        """End a claim after `MOST_ERRORS` errors in a row."""
        ...

    def wake(self) -> None:
        """Begin the next pass now."""
        ...


class HandlerErrors:
    """Runs handlers, and ends the claims of those that fail."""

    def __init__(self, worker: ClaimEnds) -> None:
        self._worker = worker
        self._in_a_row: dict[JobId, int] = {}
        """Unexpected errors of each job. A restart forgives them."""

    async def run(self, claim: Claim, handle: Handler) -> None:
        """Handle a job. Raises nothing but a cancellation."""
        job_id, name = claim.job.id, self._worker.name
        try:
            with structlog.contextvars.bound_contextvars(job_id=job_id):
                await handle(claim)
        except ClaimLost:
            log.warning("claim lost", worker=name, job_id=job_id)
        except StorageError as error:
            # Not the job's fault, so it does not count: the job is as due as before.
            log.debug(
                "job released, database unavailable", job_id=job_id, reason=str(error)
            )
            await self._release(claim)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception(
                "job handler failed", worker=name, job_id=job_id, reference=reference
            )
            await self._rest(claim, reference)
        else:
            self._in_a_row.pop(job_id, None)

    async def _rest(self, claim: Claim, reference: str) -> None:
        job_id, name = claim.job.id, self._worker.name
        errors = self._in_a_row.get(job_id, 0) + 1
        self._in_a_row[job_id] = errors
        try:
            if errors < MOST_ERRORS:
                await self._worker.postpone(claim, AFTER_ERROR_S)
            else:
                await self._worker.give_up(claim, reference)
                self._in_a_row.pop(job_id)
        except ClaimLost:
            log.warning("claim lost", worker=name, job_id=job_id)
        except StorageError:
            await self._release(claim)
        except Exception:
            log.exception("job not postponed", worker=name, job_id=job_id)
            await self._release(claim)

    async def _release(self, claim: Claim) -> None:
        """Release a claim as soon as the database takes that, but not at once."""
        while True:
            await asyncio.sleep(AFTER_STORAGE_ERROR_S)
            try:
                await self._worker.release(claim)
            except ClaimLost:
                return
            except StorageError:
                continue
            self._worker.wake()
            return
