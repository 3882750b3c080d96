"""The turn to replace a status message, which one process at a time edits."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from bot.clock import Clock
from bot.errors import ClaimLost, MessengerDown, StorageError
from bot.jobs.claims import Claim, ClaimStore
from bot.jobs.jobs import Job, JobChanges
from bot.workers.leases import LEASE_S

WAITS_S = 3.0
"""How long an edit under way is waited for."""
LOOK_AGAIN_S = 0.25


@asynccontextmanager
async def status_held(jobs: ClaimStore, job: Job, clock: Clock) -> AsyncGenerator[None]:
    """Keep others from editing a job's status message, until the block ends.

    Raises:
        MessengerDown: If it is being edited for longer than that may take.
    """
    claim = await _claimed(jobs, job, clock)
    keeping = asyncio.create_task(_keep(jobs, claim, clock), name="status lease")
    try:
        yield
    finally:
        keeping.cancel()
        # If that fails, the lease runs out.
        with suppress(StorageError, ClaimLost):
            await jobs.finish(claim, JobChanges())


async def _claimed(jobs: ClaimStore, job: Job, clock: Clock) -> Claim:
    loop = asyncio.get_running_loop()
    give_up_s = loop.time() + WAITS_S
    while True:
        now = clock.now()
        claim = await jobs.claim_status(job.id, now, now + timedelta(seconds=LEASE_S))
        if claim is not None:
            return claim
        if loop.time() >= give_up_s:
            msg = "its status message is being edited"
            raise MessengerDown(msg, refused=True)
        await asyncio.sleep(LOOK_AGAIN_S)


async def _keep(jobs: ClaimStore, claim: Claim, clock: Clock) -> None:
    """Renew a claim again and again, until cancelled."""
    while True:
        await asyncio.sleep(LEASE_S / 4)
        with suppress(StorageError):
            await jobs.renew([claim], clock.now() + timedelta(seconds=LEASE_S))
