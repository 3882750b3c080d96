"""What a step does to the ledger: reserve, and then settle or release, once.

Rows are only ever added. What a member or a server has used is their sum.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import GuildId
from bot.domain.jobs import Job
from bot.domain.states import JobState, QuotaEffect
from storage.column_types import Instant, Number, Word
from storage.tables import LedgerKind, jobs, ledger

_VIDEOS = {LedgerKind.RESERVE: 1, LedgerKind.SETTLE: 0, LedgerKind.RELEASE: -1}

_reserved = ledger.alias("reserved")
_closing = ledger.alias("closing")
_STILL_RESERVED = and_(
    _reserved.c.kind == literal(LedgerKind.RESERVE, Word(LedgerKind)),
    ~exists().where(
        _closing.c.job_id == _reserved.c.job_id,
        _closing.c.kind.in_([LedgerKind.SETTLE, LedgerKind.RELEASE]),
    ),
)


def _closing_row(*, credits_used: Any) -> Select[Any]:  # noqa: ANN401 - any column
    """Select the row that closes a reservation: the same video, counted back or not."""
    return select(
        _reserved.c.guild_id,
        _reserved.c.user_id,
        _reserved.c.job_id,
        bindparam("with_kind", type_=Word(LedgerKind)),
        bindparam("with_videos"),
        credits_used,
        _reserved.c.counted_at,
        bindparam("closed_at", type_=Instant),
    ).where(_STILL_RESERVED)


_COLUMNS = [
    "guild_id",
    "user_id",
    "job_id",
    "kind",
    "videos",
    "credits",
    "counted_at",
    "at",
]
_RESERVE = insert(ledger)
_CLOSE = insert(ledger).from_select(
    _COLUMNS,
    _closing_row(credits_used=bindparam("with_credits", type_=Number)).where(
        _reserved.c.job_id == bindparam("this_job")
    ),
)
_RELEASE_GUILD = insert(ledger).from_select(
    _COLUMNS,
    _closing_row(credits_used=jobs.c.credits_used)
    .join_from(jobs, _reserved, _reserved.c.job_id == jobs.c.id)
    .where(
        jobs.c.guild_id == bindparam("of_guild"),
        jobs.c.state.in_(bindparam("in_states", expanding=True)),
    ),
)


async def record(
    connection: AsyncConnection, effect: QuotaEffect, job: Job, at: datetime
) -> None:
    """Write what a step does to the quota, in the transaction of the step.

    A reservation that is closed already stays as it was closed, and a job that never
    had one gets no row: so a late success is free. `credits` is what EvoLink has
    charged as far as the job knows by then; None = not known.
    """
    match effect:
        case QuotaEffect.NONE:
            return
        case QuotaEffect.RESERVE:
            await connection.execute(
                _RESERVE,
                {
                    "guild_id": job.guild_id,
                    "user_id": job.user_id,
                    "job_id": job.id,
                    "kind": LedgerKind.RESERVE,
                    "videos": _VIDEOS[LedgerKind.RESERVE],
                    "counted_at": job.requested_at,
                    "at": at,
                },
            )
        case QuotaEffect.SETTLE | QuotaEffect.RELEASE:
            await connection.execute(
                _CLOSE,
                {
                    "this_job": job.id,
                    "with_credits": job.credits_used,
                    **_closed(LedgerKind(effect.value), at),
                },
            )


async def release_guild(
    connection: AsyncConnection,
    guild_id: GuildId,
    states: frozenset[JobState],
    at: datetime,
) -> None:
    """Release what a server's jobs in some states still hold."""
    await connection.execute(
        _RELEASE_GUILD,
        {
            "of_guild": guild_id,
            "in_states": list(states),
            **_closed(LedgerKind.RELEASE, at),
        },
    )


def _closed(kind: LedgerKind, at: datetime) -> dict[str, Any]:
    return {"with_kind": kind, "with_videos": _VIDEOS[kind], "closed_at": at}
