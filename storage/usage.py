"""How much counts against the quotas, from the ledger and the jobs under way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import GuildId, UserId
from bot.domain.usage import Usage
from storage.column_types import Instant
from storage.tables import AT_ONCE, jobs, ledger


def _used(*, by_member: bool) -> Select[Any]:
    guild: BindParameter[int] = bindparam("of_guild")
    user: BindParameter[int] = bindparam("of_user")
    day, day_end, month, month_end = (
        bindparam(name, type_=Instant)
        for name in ("day", "day_end", "month", "month_end")
    )
    at_once = (
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.guild_id == guild, AT_ONCE)
        .with_hint(jobs, "INDEXED BY ix_jobs_at_once", "sqlite")
    )
    today = and_(ledger.c.counted_at >= day, ledger.c.counted_at < day_end)
    used = select(
        func.coalesce(func.sum(case((today, ledger.c.videos), else_=0)), 0),
        func.coalesce(func.sum(ledger.c.videos), 0),
        (
            at_once.where(jobs.c.user_id == user) if by_member else at_once
        ).scalar_subquery(),
    ).where(
        ledger.c.guild_id == guild,
        ledger.c.counted_at >= month,
        ledger.c.counted_at < month_end,
    )
    return used.where(ledger.c.user_id == user) if by_member else used


_OF_GUILD = _used(by_member=False)
_OF_MEMBER = _used(by_member=True)


async def usage(
    connection: AsyncConnection,
    guild_id: GuildId,
    user_id: UserId | None,
    now: datetime,
) -> Usage:
    """Return what counts this day and month, of a member or (None) of a server."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    month = day.replace(day=1)
    day_ends_at = day + timedelta(days=1)
    # No month has more than 31 days, so this lands in the next one.
    month_ends_at = (month + timedelta(days=31)).replace(day=1)
    parameters = {
        "of_guild": guild_id,
        "day": day,
        "day_end": day_ends_at,
        "month": month,
        "month_end": month_ends_at,
    }
    if user_id is None:
        result = await connection.execute(_OF_GUILD, parameters)
    else:
        result = await connection.execute(_OF_MEMBER, parameters | {"of_user": user_id})
    videos_today, videos_this_month, at_once = result.one()
    return Usage(
        day=videos_today,
        month=videos_this_month,
        at_once=at_once,
        day_ends_at=day_ends_at,
        month_ends_at=month_ends_at,
    )
