"""Reports about clips, and moderators' decisions on them."""

import secrets
from collections.abc import Callable

from bot.clock import Clock
from bot.errors import NotFound, Refused, TooLate
from bot.ids import ChannelId, JobId, UserId
from bot.jobs.jobs import Job
from bot.jobs.store import JobLookups
from bot.moderation.blocks import Blocks
from bot.moderation.ports import ReportStore
from bot.moderation.records import Report, ReportState
from bot.servers.audit import REASON_MAX_CHARS, AuditValue, entry_by, job_subject
from bot.servers.people import Actor, require_moderator


class Reports:
    """Takes reports from anybody, and decisions from moderators."""

    def __init__(
        self,
        jobs: JobLookups,
        reports: ReportStore,
        blocks: Blocks,
        clock: Clock,
        *,
        discard_clip: Callable[[JobId], None],
        operator_channel_id: ChannelId | None,
    ) -> None:
        self._jobs = jobs
        self._reports = reports
        self._blocks = blocks
        self._clock = clock
        self._discard_clip = discard_clip
        self._operator_channel_id = operator_channel_id

    async def reportable(self, actor: Actor, job_id: JobId) -> Job:
        """Return the job of a clip posted in this server.

        Raises:
            NotFound: If there is none.
        """
        job = await self._jobs.get(job_id)
        if (
            job is None
            or job.guild_id != actor.guild_id
            # From then on it may be posted, even if that is not recorded yet.
            or job.post_intended_at is None
            or job.removed_at is not None
        ):
            raise NotFound("not-found-job")
        return job

    async def report(self, actor: Actor, job_id: JobId, reason: str) -> None:
        """Record a complaint; moderators and the operator will see it.

        Raises:
            NotFound: If there is no such clip.
            Refused: Without a reason, or if this member has reported it before.
        """
        job = await self.reportable(actor, job_id)
        why = reason.strip()[:REASON_MAX_CHARS]
        if not why:
            raise Refused("refused-report-empty")
        report = Report(
            id=secrets.token_hex(8),
            guild_id=job.guild_id,
            job_id=job.id,
            reporter_id=actor.user_id,
            reason=why,
            at=self._clock.now(),
        )
        # The reason stays out of the audit: a reporter may have it erased.
        entry = entry_by(
            actor,
            report.at,
            "report.made",
            job_subject(job.id),
            after={"report": report.id, "requester": str(job.user_id)},
        )
        if not await self._reports.add(report, self._operator_channel_id, entry):
            raise Refused("refused-report-again")

    async def remove(self, actor: Actor, report_id: str) -> None:
        """Delete the reported clip: its message, its file; and mark the job.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such report.
            TooLate: If it was decided already.
        """
        report = await self._report(actor, report_id)
        job = await self._decide(actor, report, ReportState.REMOVED, "report.removed")
        if job is not None:
            self._discard_clip(job.id)

    async def dismiss(self, actor: Actor, report_id: str) -> None:
        """Leave the clip where it is.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such report.
            TooLate: If it was decided already.
        """
        report = await self._report(actor, report_id)
        await self._decide(actor, report, ReportState.DISMISSED, "report.dismissed")

    async def block(self, actor: Actor, report_id: str) -> UserId:
        """Block the member who asked for the clip, and return them.

        The report stays open.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such report.
        """
        report = await self._report(actor, report_id)
        job = await self._jobs.get(report.job_id)
        if job is None:
            raise NotFound("not-found-job")
        await self._blocks.block(actor, job.user_id)
        return job.user_id

    async def note_deleted(self, actor: Actor, job: Job) -> None:
        """Record that a clip's message was deleted by its button."""
        entry = entry_by(
            actor,
            self._clock.now(),
            "clip.deleted",
            job_subject(job.id),
            after={"requester": str(job.user_id)},
        )
        await self._reports.note_removed(job.id, entry)
        self._discard_clip(job.id)

    async def _report(self, actor: Actor, report_id: str) -> Report:
        require_moderator(actor)
        report = await self._reports.get(report_id)
        if report is None or report.guild_id != actor.guild_id:
            raise NotFound("not-found-report")
        return report

    async def _decide(
        self, actor: Actor, report: Report, state: ReportState, action: str
    ) -> Job | None:
        job = await self._jobs.get(report.job_id)
        after: dict[str, AuditValue] = {"report": report.id}
        if job is not None:
            after["requester"] = str(job.user_id)
        entry = entry_by(
            actor,
            self._clock.now(),
            action,
            job_subject(report.job_id),
            after=after,
        )
        if await self._reports.decide(report.id, state, entry) is None:
            raise TooLate("too-late-report")
        return job
