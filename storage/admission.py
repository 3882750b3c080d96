"""Decides on a request and reserves, in one transaction that holds the server.

The decision itself is a pure function that is handed in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.admission import AdmissionFacts, Decide, Refusal
from bot.domain.ids import GuildId, UserId
from bot.domain.jobs import Job, JobChanges
from bot.domain.limits import UNSET, LimitSet, Scope, SetLimits
from bot.domain.moderation import ModerationFacts
from bot.domain.quotas import QuotaFacts
from bot.domain.states import JobState
from bot.domain.windows import DEFAULT_ZONE, windows_at
from storage import guilds, pseudonyms, usage
from storage.guild_tables import limits
from storage.limit_rows import limits_of
from storage.moderation import block_of, settings_of
from storage.spending import spending
from storage.steps import Step
from storage.tables import counts, jobs, ledger, state_among

_MAY_CONCERN = select(limits).where(
    limits.c.guild_id == bindparam("of_guild"),
    or_(
        limits.c.scope.in_([Scope.SERVER, Scope.MEMBERS]),
        and_(
            limits.c.scope == Scope.ROLE,
            limits.c.subject_id.in_(bindparam("of_roles", expanding=True)),
        ),
        and_(
            limits.c.scope == Scope.MEMBER, limits.c.subject_id == bindparam("of_user")
        ),
    ),
)
# A request that came to nothing through no fault of the member's keeps nobody waiting.
_CAME_TO_NOTHING = state_among(
    {
        JobState.RECEIVED,
        JobState.REFUSED,
        JobState.DENIED,
        JobState.FAILED,
        JobState.UNCONFIRMED,
        JobState.UNDELIVERABLE,
    }
)
_LAST_REQUEST = (
    select(jobs.c.requested_at)
    .where(
        jobs.c.guild_id == bindparam("of_guild"),
        jobs.c.user_id == bindparam("of_user"),
        text(f"NOT {_CAME_TO_NOTHING}"),
    )
    .order_by(jobs.c.requested_at.desc(), jobs.c.id.desc())
    .limit(1)
    .with_hint(jobs, "INDEXED BY ix_jobs_member", "sqlite")
)
_STANDING: Select[Any] = select(
    select(func.coalesce(func.sum(ledger.c.grants), 0))
    .where(
        ledger.c.guild_id == bindparam("of_guild"),
        ledger.c.user_id == bindparam("of_user"),
        counts("grants"),
    )
    .scalar_subquery(),
    _LAST_REQUEST.scalar_subquery(),
)


async def accept(
    connection: AsyncConnection,
    job: Job,
    at: datetime,
    decide: Decide,
    changes: JobChanges,
    *,
    with_spending: bool,
) -> Job | Refusal | None:
    """Decide by the newest facts, and reserve and move the job on if it is admitted."""
    if with_spending:
        await guilds.hold(connection, guilds.EVERYBODY)
    zone = await guilds.hold(connection, job.guild_id)
    await pseudonyms.recognise(connection, job.guild_id, job.user_id)
    loaded = await facts(connection, job, zone, with_spending=with_spending)
    verdict = decide(loaded)
    if isinstance(verdict, Refusal):
        return verdict
    step = Step(JobState.RECEIVED, verdict.state, from_grant=verdict.from_grant)
    return await step.take(connection, job.id, at, changes)


async def look(
    connection: AsyncConnection, job: Job, *, with_spending: bool
) -> AdmissionFacts:
    """Read the facts without holding anybody up."""
    zone = await guilds.zone(connection, job.guild_id)
    return await facts(connection, job, zone, with_spending=with_spending)


async def facts(
    connection: AsyncConnection, job: Job, zone: str, *, with_spending: bool
) -> AdmissionFacts:
    """Read what a decision on a job depends on."""
    return AdmissionFacts(
        quota=await quota_facts(
            connection,
            job.guild_id,
            job.user_id,
            role_ids=job.role_ids,
            at=job.requested_at,
            zone=zone,
            with_spending=with_spending,
        ),
        moderation=ModerationFacts(
            settings=await settings_of(connection, job.guild_id),
            block=await block_of(connection, job.guild_id, job.user_id),
        ),
    )


async def quota_facts(  # noqa: PLR0913 - each is a part of the question
    connection: AsyncConnection,
    guild_id: GuildId,
    user_id: UserId,
    *,
    role_ids: frozenset[int],
    at: datetime,
    zone: str,
    with_spending: bool,
) -> QuotaFacts:
    """Read what is set for a member, and what counts in the windows around `at`."""
    whose = {"of_guild": guild_id, "of_user": user_id}
    windows = windows_at(at, zone)
    everywhere = windows_at(at, DEFAULT_ZONE)
    rows = await connection.execute(
        _MAY_CONCERN, {**whose, "of_roles": sorted(role_ids)}
    )
    set_limits = _set_limits(rows.all())
    grants, last_request_at = (await connection.execute(_STANDING, whose)).one()
    server_spending = total_spending = None
    if with_spending:
        server_spending = await spending(
            connection, guild_id, windows.month_starts_at, windows.month_ends_at
        )
        total_spending = await spending(
            connection, None, everywhere.month_starts_at, everywhere.month_ends_at
        )
    return QuotaFacts(
        limits=set_limits,
        server=await usage.of_guild(connection, guild_id, windows),
        member=await usage.of_member(connection, guild_id, user_id, windows),
        grants=grants,
        last_request_at=last_request_at,
        zone=zone,
        server_spending=server_spending,
        total_spending=total_spending,
        total_resets_at=everywhere.month_ends_at,
    )


def _set_limits(rows: Sequence[Any]) -> SetLimits:
    found: dict[Scope, LimitSet] = {}
    of_roles: dict[int, LimitSet] = {}
    for row in rows:
        limit_set = limits_of(row)
        if row.scope is Scope.ROLE:
            of_roles[row.subject_id] = limit_set
        else:
            found[row.scope] = limit_set
    return SetLimits(
        server=found.get(Scope.SERVER, UNSET),
        members=found.get(Scope.MEMBERS, UNSET),
        roles=of_roles,
        member=found.get(Scope.MEMBER, UNSET),
    )
