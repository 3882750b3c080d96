"""How work on a job is taken: by a claim, which others respect until its lease ends.

Each kind of work has a lease and a fence in the job's row. A claim sets the lease and
raises the fence. The due time stays as it is: news that comes meanwhile changes it, and
is seen when the claim has ended. What the handler writes later carries the fence, and
changes nothing where somebody has claimed the work since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Unpack

from bot.ids import JobId
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One kind of work on one job, in the hands of one worker."""

    job: Job
    """As it was when it was claimed."""
    kind: Due
    due_at: datetime | None
    """When it was due. Another date in its row is news."""
    fence: int
    """Raised by each claim: writes that carry an older one change nothing."""


class ClaimStore(Protocol):
    """Claims, and the writes of those who hold one.

    Every method is one transaction. Those that take one claim raise `ClaimLost`, with
    nothing changed, where somebody else has claimed the work since.
    """

    async def claim(
        self,
        kind: Due,
        job_ids: Sequence[JobId],
        *,
        due_by: datetime,
        now: datetime,
        until: datetime,
    ) -> Sequence[Claim]:
        """Claim those of these jobs that are still due by `due_by`, and not leased.

        Their leases end at `until`. The claims come in the order of `job_ids`.
        """
        ...

    async def claim_queued(
        self,
        job: Job,
        at: datetime,
        until: datetime,
        slots: Slots,
        **changes: Unpack[JobChanges],
    ) -> Claim | None:
        """Move a queued job to `submitting`, and claim its submit with that.

        Returns None, with nothing changed, if it is not queued any more, or another
        process has taken the last slot.
        """
        ...

    async def claim_status(
        self, job_id: JobId, now: datetime, until: datetime
    ) -> Claim | None:
        """Claim what a status message shows, whether that is due or not.

        Returns None if somebody else is about it.
        """
        ...

    async def show_again(self, job_id: JobId, at: datetime) -> None:
        """Let a status message be edited again, for nobody knows what it shows.

        Any claim on it is lost, but its lease still keeps others away until it ends.
        """
        ...

    async def renew(self, claims: Sequence[Claim], until: datetime) -> None:
        """Let the leases of those claims that are still held end at `until`.

        Those that were lost, or have ended, are left out.
        """
        ...

    async def let_go(self, claims: Sequence[Claim]) -> None:
        """End those of these claims that are still held, and change nothing else.

        Other processes are told that the work is there for them.
        """
        ...

    async def note_claimed(self, claim: Claim, changes: JobChanges) -> None:
        """Change fields of a claimed job. The claim is still held afterwards."""
        ...

    async def note_unless_moved(
        self, claim: Claim, state: JobState, changes: JobChanges
    ) -> Job | None:
        """Change fields of a claimed job, if it is still in that state.

        Returns the job as it is then, or None, with nothing changed. The claim is still
        held afterwards.
        """
        ...

    async def finish(self, claim: Claim, changes: JobChanges) -> None:
        """Change fields of a claimed job and end the claim.

        The time at which the job is due for this kind of work stays as it is where
        `changes` name none, or where it was changed since the job was claimed.
        """
        ...

    async def finish_all(
        self, finished: Sequence[tuple[Claim, JobChanges]]
    ) -> Sequence[Claim]:
        """Do what `finish` does for several claims; return those that were lost."""
        ...

    async def move_claimed(
        self,
        claim: Claim,
        old: JobState | Collection[JobState],
        new: JobState,
        at: datetime,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        """Do what `JobStore.move` does for a claimed job, and end the claim.

        Where None is returned, because the job was not in `old` any more, the claim is
        still held.
        """
        ...
