"""All that is stored about one person: read whole, or erased."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
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
from storage.tables.column_types import Instant
from storage.tables.jobs import fence_of, jobs, lease_of
from storage.tables.moderation import blocks, reports
from storage.tables.quotas import ledger, limits
from storage.tables.requests import member_settings
from storage.tables.servers import audit

_me: BindParameter[int] = bindparam("me")
_ABOUT: Mapping[str, Select[Any]] = {
    "jobs": select(jobs).where(jobs.c.user_id == _me),
    "ledger": select(ledger).where(ledger.c.user_id == _me),
    "limits": select(limits).where(
        limits.c.scope == Scope.MEMBER, limits.c.subject_id == _me
    ),
    "settings": select(member_settings).where(member_settings.c.user_id == _me),
    "blocks": select(blocks).where(blocks.c.user_id == _me),
    "reports": select(reports).where(reports.c.reporter_id == _me),
    "audit": select(audit).where(
        or_(audit.c.actor_id == _me, audit.c.subject == bindparam("subject"))
    ),
}
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

# Pending messages about an end do not count: the status message still gets its last
# line, without their name, and a notice would mention nobody.
_STILL_OPEN = select(
    exists().where(jobs.c.user_id == _me, jobs.c.state.in_(list(OPEN_STATES)))
)
_ERASE = (
    update(jobs)
    .where(jobs.c.user_id == _me)
    .values(
        user_id=FORGOTTEN,
        prompt="",
        interaction_token=None,
        decision_reason=None,
        role_ids=None,
        result_url=None,
        # The last line waits for a notice, to link to it.
        status_due_at=case(
            (
                jobs.c.notice_due_at.is_not(None),
                func.coalesce(jobs.c.status_due_at, bindparam("at", type_=Instant)),
            ),
            else_=jobs.c.status_due_at,
        ),
        notice_due_at=None,
    )
)
# A late success would be posted to somebody we no longer know. Cancelled ones stay
# polled: they hold a slot at EvoLink.
_WAIT_NO_LONGER = (
    update(jobs)
    .where(
        and_(
            jobs.c.user_id == _me,
            jobs.c.state.in_([JobState.FAILED, JobState.UNCONFIRMED]),
        )
    )
    .values(poll_due_at=None)
)
_ERASE_SETTINGS = delete(member_settings).where(member_settings.c.user_id == _me)


class SqlPrivacyStore:
    """Implements `bot.moderation.ports.PrivacyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everything_about(self, user_id: UserId) -> Mapping[str, Any]:
        whose = {"me": user_id, "subject": member_subject(user_id)}

        def work(connection: Connection) -> Mapping[str, Any]:
            return {
                name: [
                    _plain(row._asdict()) for row in connection.execute(query, whose)
                ]
                for name, query in _ABOUT.items()
            }

        return await self._database.read(work)

    async def forget(self, user_id: UserId, at: datetime) -> int | None:
        def work(connection: Connection) -> int | None:
            if connection.scalar(_STILL_OPEN, {"me": user_id}):
                return None
            connection.execute(_WAIT_NO_LONGER, {"me": user_id})
            erased = connection.execute(_ERASE, {"me": user_id, "at": at})
            connection.execute(_ERASE_SETTINGS, {"me": user_id})
            pseudonyms.rename(connection, user_id, at)
            return erased.rowcount

        return await self._database.write(work)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _json_value(value) for name, value in row.items() if name not in _LEFT_OUT
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
