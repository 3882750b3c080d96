"""What EvoLink charged in a month, and what is still to be expected."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
    text,
    true,
)

from bot.ids import GuildId
from bot.jobs.states import AT_ONCE_STATES, JobState
from bot.quotas.rules import Spending
from storage.tables.column_types import Instant
from storage.tables.jobs import PRICED, jobs, state_among

_guild: BindParameter[int] = bindparam("of_guild")
_from, _to = (bindparam(name, type_=Instant) for name in ("from_", "to"))

# EvoLink gives back what it reserved for a task that failed (EvoLink docs), unless it
# says otherwise in `credits_used`.
CHARGED: ColumnElement[Any] = func.coalesce(
    jobs.c.credits_used,
    case((jobs.c.state == JobState.FAILED, 0.0), else_=jobs.c.credits_reserved),
    0.0,
)
_PRICE = func.coalesce(jobs.c.credits_used, jobs.c.credits_reserved)
_UNDER_WAY = text(state_among(AT_ONCE_STATES | {JobState.AWAITING_REVIEW}))


def _spending(whose: ColumnElement[bool]) -> Select[Any]:
    unpriced = (
        select(func.count())
        .select_from(jobs)
        .where(
            _UNDER_WAY,
            jobs.c.credits_used.is_(None),
            jobs.c.credits_reserved.is_(None),
            whose,
        )
        # Few are under way, and a server's history is long.
        .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite")
    )
    of_the_month = (PRICED, jobs.c.requested_at >= _from, jobs.c.requested_at < _to)
    price = select(func.max(_PRICE)).where(*of_the_month)
    return select(
        func.coalesce(func.sum(CHARGED), 0.0),
        unpriced.scalar_subquery(),
        price.scalar_subquery(),
    ).where(*of_the_month, whose)


_OF_GUILD = _spending(jobs.c.guild_id == _guild)
_OF_ALL = _spending(true())


def spending(
    connection: Connection,
    guild_id: GuildId | None,
    since: datetime,
    until: datetime,
) -> Spending:
    """Return what a server, or (None) all servers, asked for in that time costs."""
    parameters: dict[str, Any] = {"from_": since, "to": until}
    if guild_id is not None:
        parameters["of_guild"] = guild_id
    statement = _OF_ALL if guild_id is None else _OF_GUILD
    charged, unpriced, price = connection.execute(statement, parameters).one()
    return Spending(charged=charged, unpriced=unpriced, price=price)
