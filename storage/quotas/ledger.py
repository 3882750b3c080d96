"""What a step does to the ledger: reserve, and then settle or release, once.

Rows are only ever added. What a member or a server has used is their sum.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
)

from bot.ids import GuildId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState, QuotaEffect
from storage.tables.column_types import Instant, Number, Word
from storage.tables.jobs import jobs
from storage.tables.quotas import LedgerKind, closes, ledger

COLUMNS = [
    "guild_id",
    "user_id",
    "job_id",
    "kind",
    "videos",
    "own_videos",
    "grants",
    "credits",
    "counted_at",
    "at",
]
_this_job: BindParameter[str] = bindparam("this_job")
_credits = bindparam("with_credits", type_=Number)
_closed_at = bindparam("closed_at", type_=Instant)


def _kind(kind: LedgerKind) -> BindParameter[LedgerKind]:
    return bindparam("with_kind", kind, type_=Word(LedgerKind))


def _settled() -> Select[Any]:
    """Select the row that settles a job's reservation, if it is still open."""
    closing = ledger.alias("closing")
    nothing: BindParameter[int] = bindparam("nothing", 0)
    return select(
        ledger.c.guild_id,
        ledger.c.user_id,
        ledger.c.job_id,
        _kind(LedgerKind.SETTLE),
        nothing,
        nothing,
        nothing,
        _credits,
        ledger.c.counted_at,
        _closed_at,
    ).where(
        ledger.c.job_id == _this_job,
        ledger.c.kind == bindparam("open_kind", LedgerKind.RESERVE),
        ~exists().where(closing.c.job_id == _this_job, closes(closing)),
    )


def _released(credits_used: ColumnElement[Any]) -> Select[Any]:
    """Select the row that releases each reservation that is still open.

    It takes back what the job's rows add up to by then, so that what a reset has taken
    back already is not taken twice, and a video that was granted is given back.
    """
    return (
        select(
            ledger.c.guild_id,
            func.max(ledger.c.user_id),
            ledger.c.job_id,
            _kind(LedgerKind.RELEASE),
            -func.sum(ledger.c.videos),
            -func.sum(ledger.c.own_videos),
            -func.sum(ledger.c.grants),
            credits_used,
            func.min(ledger.c.counted_at),
            _closed_at,
        )
        .group_by(ledger.c.guild_id, ledger.c.job_id)
        .having(func.sum(case((closes(ledger), 1), else_=0)) == 0)
    )


_RESERVE = insert(ledger)
_SETTLE = insert(ledger).from_select(COLUMNS, _settled())
_RELEASE = insert(ledger).from_select(
    COLUMNS, _released(_credits).where(ledger.c.job_id == _this_job)
)
_RELEASE_GUILD = insert(ledger).from_select(
    COLUMNS,
    _released(func.max(jobs.c.credits_used))
    .join_from(jobs, ledger, ledger.c.job_id == jobs.c.id)
    .where(
        jobs.c.guild_id == bindparam("of_guild"),
        jobs.c.state.in_(bindparam("in_states", expanding=True)),
    )
    # All servers' open jobs are few, and one server's history may be long.
    .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite"),
)


def record(
    connection: Connection,
    effect: QuotaEffect,
    job: Job,
    at: datetime,
    *,
    from_grant: bool = False,
) -> None:
    """Write what a step does to the quota, in the transaction of the step.

    A reservation that is closed already stays as it was closed, and a job that never
    had one gets no row: so a late success is free. `credits` is what a reservation was
    estimated at, and when it is closed what EvoLink has charged as far as the job knows
    by then; None = not known. A video reserved `from_grant` counts for the server, but
    not for the member.
    """
    match effect:
        case QuotaEffect.NONE:
            return
        case QuotaEffect.RESERVE:
            connection.execute(
                _RESERVE,
                {
                    "guild_id": job.guild_id,
                    "user_id": job.user_id,
                    "job_id": job.id,
                    "kind": LedgerKind.RESERVE,
                    "videos": 1,
                    "own_videos": 0 if from_grant else 1,
                    "grants": -1 if from_grant else 0,
                    "credits": job.credits_estimated,
                    "counted_at": job.requested_at,
                    "at": at,
                },
            )
        case QuotaEffect.SETTLE | QuotaEffect.RELEASE:
            connection.execute(
                _SETTLE if effect is QuotaEffect.SETTLE else _RELEASE,
                {
                    "this_job": job.id,
                    "with_credits": job.credits_used,
                    "closed_at": at,
                },
            )


def release_guild(
    connection: Connection,
    guild_id: GuildId,
    states: frozenset[JobState],
    at: datetime,
) -> None:
    """Release what a server's jobs in some states still hold."""
    connection.execute(
        _RELEASE_GUILD,
        {"of_guild": guild_id, "in_states": list(states), "closed_at": at},
    )
