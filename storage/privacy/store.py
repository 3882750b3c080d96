"""All that is stored about one person: read whole, or erased."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    text,
    tuple_,
    update,
)

from bot.ids import UserId
from bot.jobs.due import Due
from bot.jobs.states import OPEN_STATES, JobState
from bot.quotas.limits import Scope
from bot.servers.audit import member_subject
from bot.servers.people import FORGOTTEN
from storage.database.engine import Database
from storage.privacy import pseudonyms
from storage.privacy.pseudonyms import PORTION
from storage.tables.column_types import Instant
from storage.tables.jobs import fence_of, jobs, lease_of, state_among
from storage.tables.moderation import blocks, reports
from storage.tables.quotas import ledger, limits
from storage.tables.requests import member_settings
from storage.tables.servers import audit

# Tokens and the like are not about the person, and would help a thief of the file.
_LEFT_OUT = frozenset(
    {
        "interaction_token",
        "submit_key",
        "callback_hash",
        "result_url",
        *(lease_of(kind).name for kind in Due),
        *(fence_of(kind).name for kind in Due),
    }
)

PAGE = 500
"""Rows read at once for an export."""

_me: BindParameter[int] = bindparam("me")


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows about a person, in the order of an index that finds them."""

    table: str
    rows: Select[Any]
    key: tuple[Column[Any], ...]

    def first(self) -> Select[Any]:
        return self.rows.order_by(*self.key).limit(PAGE)

    def after(self) -> Select[Any]:
        last = [bindparam(f"after_{one.name}", type_=one.type) for one in self.key]
        return self.first().where(tuple_(*self.key) > tuple_(*last))


_ABOUT = (
    _Source(
        "jobs",
        select(*(one for one in jobs.c if one.name not in _LEFT_OUT)).where(
            jobs.c.user_id == _me
        ),
        (jobs.c.requested_at, jobs.c.id),
    ),
    _Source(
        "ledger",
        select(ledger).where(ledger.c.user_id == _me),
        (ledger.c.guild_id, ledger.c.id),
    ),
    _Source(
        "limits",
        select(limits).where(
            limits.c.scope == Scope.MEMBER, limits.c.subject_id == _me
        ),
        (limits.c.guild_id,),
    ),
    _Source(
        "settings",
        select(member_settings).where(member_settings.c.user_id == _me),
        (member_settings.c.guild_id,),
    ),
    _Source(
        "blocks", select(blocks).where(blocks.c.user_id == _me), (blocks.c.guild_id,)
    ),
    _Source(
        "reports", select(reports).where(reports.c.reporter_id == _me), (reports.c.id,)
    ),
    _Source("audit", select(audit).where(audit.c.actor_id == _me), (audit.c.id,)),
    _Source(
        "audit",
        select(audit).where(
            audit.c.subject == bindparam("subject"),
            audit.c.actor_id.is_distinct_from(_me),
        ),
        (audit.c.id,),
    ),
)
_PAGES = [(one, one.first(), one.after()) for one in _ABOUT]

_ENDED = text(state_among(set(JobState) - OPEN_STATES))
# Pending messages about an end do not count: the status message still gets its last
# line, without their name, and a notice would mention nobody.
_STILL_OPEN = select(
    exists().where(jobs.c.user_id == _me, jobs.c.state.in_(list(OPEN_STATES)))
)
_THESE = (
    select(jobs.c.id)
    .where(jobs.c.user_id == _me, _ENDED)
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_user", "sqlite")
)
_ERASE = (
    update(jobs)
    .where(jobs.c.id.in_(_THESE))
    .values(
        user_id=FORGOTTEN,
        prompt="",
        interaction_token=None,
        decision_reason=None,
        role_ids=None,
        result_url=None,
        status_shown=None,
        # The last line waits for a notice, to link to it.
        status_due_at=case(
            (
                jobs.c.notice_due_at.is_not(None),
                func.coalesce(jobs.c.status_due_at, bindparam("at", type_=Instant)),
            ),
            else_=jobs.c.status_due_at,
        ),
        notice_due_at=None,
        # A late success would be posted to somebody we no longer know. Cancelled ones
        # stay polled: they hold a slot at EvoLink.
        poll_due_at=case(
            (jobs.c.state.in_([JobState.FAILED, JobState.UNCONFIRMED]), None),
            else_=jobs.c.poll_due_at,
        ),
    )
)
_ERASE_SETTINGS = delete(member_settings).where(member_settings.c.user_id == _me)


class SqlPrivacyStore:
    """Implements `bot.privacy.ports.PrivacyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everything_about(
        self, user_id: UserId
    ) -> AsyncIterator[tuple[str, Sequence[Mapping[str, Any]]]]:
        whose = {"me": user_id, "subject": member_subject(user_id)}
        for source, first, later in _PAGES:
            statement, parameters = first, dict(whose)
            while True:
                rows = await self._database.read(
                    lambda connection, s=statement, p=parameters: (  # type: ignore[misc]
                        connection.execute(s, p).all()
                    )
                )
                yield source.table, await asyncio.to_thread(_plain_rows, rows)
                if len(rows) < PAGE:
                    break
                last = {
                    f"after_{k.name}": getattr(rows[-1], k.name) for k in source.key
                }
                statement, parameters = later, whose | last

    async def forget(self, user_id: UserId, at: datetime) -> int | None:
        def first(connection: Connection) -> tuple[int, bool] | None:
            if connection.scalar(_STILL_OPEN, {"me": user_id}):
                return None
            connection.execute(_ERASE_SETTINGS, {"me": user_id})
            return _forget_some(connection, user_id, at)

        begun = await self._database.write(first)
        if begun is None:
            return None
        erased, more = begun
        while more:
            some, more = await self._database.write(
                lambda connection: _forget_some(connection, user_id, at)
            )
            erased += some
        return erased


def _forget_some(
    connection: Connection, user_id: UserId, at: datetime
) -> tuple[int, bool]:
    """Erase a person from some of their rows.

    Returns from how many jobs, and whether there may be more. A job that is open, for
    they go on meanwhile, stays as it is.
    """
    which = {"me": user_id, "at": at, "at_most": PORTION}
    erased = connection.execute(_ERASE, which).rowcount
    if erased == PORTION:
        return erased, True
    return erased, pseudonyms.rename(connection, user_id, at, PORTION)


_PLAIN = frozenset({str, float, type(None)})


def _plain_rows(rows: Sequence[Row[Any]]) -> Sequence[Mapping[str, Any]]:
    return [_plain(row._asdict()) for row in rows]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        # Most values are of these types, and of an export there may be a million.
        name: value if type(value) in _PLAIN else _json_value(value)
        for name, value in row.items()
    }


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    # Ids as text: readers of JSON round numbers of that size.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value
