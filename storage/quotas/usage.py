"""How much counts against the quotas, from the ledger and the jobs under way."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    true,
    union_all,
)

from bot.ids import GuildId, UserId
from bot.servers.windows import Windows
from storage.privacy import pseudonyms
from storage.tables.column_types import Instant
from storage.tables.jobs import AT_ONCE, jobs
from storage.tables.quotas import LedgerKind, counts, ledger

_guild: BindParameter[int] = bindparam("of_guild")
_user: BindParameter[int] = bindparam("of_user")
_pseudonym: BindParameter[int] = bindparam("of_pseudonym")
_day, _day_end, _month, _month_end = (
    bindparam(name, type_=Instant) for name in ("day", "day_end", "month", "month_end")
)
_utc_day, _utc_day_end, _utc_month, _utc_month_end = (
    bindparam(name, type_=Instant)
    for name in ("utc_day", "utc_day_end", "utc_month", "utc_month_end")
)

_COST = func.coalesce(
    jobs.c.credits_used, jobs.c.credits_reserved, jobs.c.credits_estimated, 0.0
)

COUNTED = ("day", "month", "at_once")
"""The columns of `used`, and the fields of `Usage` with the same meaning."""


def _at_once(whose: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.guild_id == _guild, AT_ONCE, whose)
        .with_hint(jobs, "INDEXED BY ix_jobs_at_once", "sqlite")
        .scalar_subquery()
    )


def of_member() -> ColumnElement[bool]:
    """Return what is true of a member's rows in the ledger, also of forgotten ones."""
    return ledger.c.user_id.in_((_user, _pseudonym))


def used(column: str, *, by_member: bool) -> Any:  # noqa: ANN401 - a Select's type
    """Select what counts in the day, in the month and at once, as one row."""
    videos = ledger.c[column]
    today = and_(ledger.c.counted_at >= _day, ledger.c.counted_at < _day_end)
    return select(
        func.coalesce(func.sum(case((today, videos), else_=0)), 0).label("day"),
        func.coalesce(func.sum(videos), 0).label("month"),
        _at_once(jobs.c.user_id == _user if by_member else true()).label("at_once"),
    ).where(
        ledger.c.guild_id == _guild,
        of_member() if by_member else true(),
        ledger.c.counted_at >= _month,
        ledger.c.counted_at < _month_end,
        counts(column),
    )


def credits_used(column: str, *, by_member: bool) -> Any:  # noqa: ANN401 - a Select's type
    """Select what the videos of the day and of the month cost, as one row.

    Which of them count is what the ledger says, and what each costs its job: as EvoLink
    says or, until it does, as was estimated.
    """
    cost = ledger.c[column] * _COST
    today = and_(ledger.c.counted_at >= _day, ledger.c.counted_at < _day_end)
    return (
        select(
            func.coalesce(func.sum(case((today, cost), else_=0.0)), 0.0).label("day"),
            func.coalesce(func.sum(cost), 0.0).label("month"),
        )
        .select_from(ledger.join(jobs, jobs.c.id == ledger.c.job_id))
        .where(
            ledger.c.guild_id == _guild,
            of_member() if by_member else true(),
            ledger.c.counted_at >= _month,
            ledger.c.counted_at < _month_end,
            counts(column),
        )
    )


def made() -> Any:  # noqa: ANN401 - a Select's type
    """Select what counts for a server in a day and a month of UTC, as one row.

    What an admin reset counts here as if it were not, unless it was released since.
    """
    today = and_(ledger.c.counted_at >= _utc_day, ledger.c.counted_at < _utc_day_end)
    in_month = and_(
        ledger.c.guild_id == _guild,
        ledger.c.counted_at >= _utc_month,
        ledger.c.counted_at < _utc_month_end,
        counts("videos"),
    )
    videos = ledger.c.videos
    left = select(
        func.coalesce(func.sum(case((today, videos), else_=0)), 0).label("day"),
        func.coalesce(func.sum(videos), 0).label("month"),
    ).where(in_month)
    closing = ledger.alias("closing")
    reset = select(
        func.coalesce(func.sum(case((today, 1), else_=0)), 0).label("day"),
        func.count().label("month"),
    ).where(
        in_month,
        # Both columns are in the index: only rows that take something back are read.
        videos == -1,
        ledger.c.kind == LedgerKind.RESET_ALL,
        ~exists().where(
            closing.c.job_id == ledger.c.job_id,
            closing.c.kind == LedgerKind.RELEASE,
        ),
    )
    both = union_all(left, reset).subquery("both")
    return select(
        func.sum(both.c.day).label("day"), func.sum(both.c.month).label("month")
    )


def whose(key: str | None, guild_id: GuildId, user_id: UserId) -> dict[str, int]:
    """Return the parameters that statements have for a member of a server.

    `key` is what `storage.privacy.pseudonyms.KEY` selects: with it, what they used
    before they were forgotten is found too.
    """
    return {
        "of_guild": guild_id,
        "of_user": user_id,
        "of_pseudonym": pseudonyms.name_of(key, guild_id, user_id),
    }


def bounds(windows: Windows) -> dict[str, datetime]:
    """Return the parameters that statements have for windows."""
    return {
        "day": windows.day_starts_at,
        "day_end": windows.day_ends_at,
        "month": windows.month_starts_at,
        "month_end": windows.month_ends_at,
    }


def utc_bounds(windows: Windows) -> dict[str, datetime]:
    """Return the parameters that `made` has for windows of UTC."""
    return {f"utc_{name}": at for name, at in bounds(windows).items()}
