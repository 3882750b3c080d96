"""Complaints about clips, with the cards that bring them to moderators."""

from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.ids import ChannelId, JobId
from bot.moderation.records import CardKind, Report, ReportState
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.moderation import cards
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.column_types import Instant, Word
from storage.tables.jobs import jobs
from storage.tables.moderation import moderation, reports

_ADD = insert(reports)
_GET = select(reports).where(reports.c.id == bindparam("this_report"))
_KNOWN = select(
    exists().where(
        reports.c.job_id == bindparam("of_job"),
        reports.c.reporter_id == bindparam("of_user"),
    )
)
_CHANNEL = select(
    func.coalesce(moderation.c.review_channel_id, moderation.c.log_channel_id)
).where(moderation.c.guild_id == bindparam("of_guild"))
_OPEN = reports.c.state == literal(ReportState.OPEN, Word(ReportState))
_DECIDE = (
    update(reports)
    .where(reports.c.id == bindparam("this_report"), _OPEN)
    .returning(reports)
)
_DECIDE_OTHERS = update(reports).where(reports.c.job_id == bindparam("of_job"), _OPEN)
_MARK = (
    update(jobs)
    .where(jobs.c.id == bindparam("this_job"))
    .values(
        removed_at=func.coalesce(jobs.c.removed_at, bindparam("now", type_=Instant))
    )
    .returning(jobs.c.guild_id, jobs.c.channel_id, jobs.c.clip_message_id)
)


class SqlReportStore:
    """Implements `bot.moderation.ports.ReportStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, report: Report, operator_channel_id: ChannelId | None, entry: AuditEntry
    ) -> bool:
        def work(connection: Connection) -> bool:
            whose = {"of_job": report.job_id, "of_user": report.reporter_id}
            guilds.hold(connection, report.guild_id)
            if connection.scalar(_KNOWN, whose):
                return False
            connection.execute(_ADD, _row_of(report))
            self._add_cards(connection, report, operator_channel_id)
            record_audit(connection, entry)
            return True

        return await self._database.write(work)

    async def get(self, report_id: str) -> Report | None:
        def work(connection: Connection) -> Report | None:
            row = connection.execute(_GET, {"this_report": report_id}).one_or_none()
            return None if row is None else _report_of(row)

        return await self._database.read(work)

    async def decide(
        self, report_id: str, state: ReportState, entry: AuditEntry
    ) -> Report | None:
        decided: dict[str, Any] = {"state": state, "decided_by": entry.actor_id}

        def work(connection: Connection) -> Report | None:
            # Others of the same clip are decided with it, in whichever order.
            guilds.hold(connection, entry.guild_id)
            found = connection.execute(_DECIDE, {"this_report": report_id, **decided})
            row = found.one_or_none()
            if row is None:
                return None
            report = _report_of(row)
            if state is ReportState.REMOVED:
                connection.execute(_DECIDE_OTHERS, {"of_job": row.job_id, **decided})
                self._remove(connection, report, entry)
            cards.redraw_reports(connection, report.job_id, entry.at)
            record_audit(connection, entry)
            return report

        return await self._database.write(work)

    async def note_removed(self, job_id: JobId, entry: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            marked = connection.execute(_MARK, {"this_job": job_id, "now": entry.at})
            # A result that is left unread keeps the transaction from its commit.
            marked.close()
            record_audit(connection, entry)

        await self._database.write(work)

    def _add_cards(
        self,
        connection: Connection,
        report: Report,
        operator_channel_id: ChannelId | None,
    ) -> None:
        channel_id = connection.scalar(_CHANNEL, {"of_guild": report.guild_id})
        for kind, where in (
            (CardKind.REPORT, channel_id),
            (CardKind.OPERATOR_REPORT, operator_channel_id),
        ):
            if where is not None:
                cards.add(
                    connection,
                    kind,
                    job_id=report.job_id,
                    guild_id=report.guild_id,
                    channel_id=where,
                    report_id=report.id,
                    at=report.at,
                )

    def _remove(
        self, connection: Connection, report: Report, entry: AuditEntry
    ) -> None:
        marked = connection.execute(_MARK, {"this_job": report.job_id, "now": entry.at})
        job = marked.one_or_none()
        if job is not None:
            cards.add(
                connection,
                CardKind.REMOVAL,
                job_id=report.job_id,
                guild_id=job.guild_id,
                channel_id=job.channel_id,
                message_id=job.clip_message_id,
                report_id=report.id,
                at=entry.at,
            )


def _row_of(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "guild_id": report.guild_id,
        "job_id": report.job_id,
        "reporter_id": report.reporter_id,
        "reason": report.reason,
        "at": report.at,
        "state": report.state,
        "decided_by": report.decided_by,
    }


def _report_of(row: Row[Any]) -> Report:
    return Report(**row._asdict())
