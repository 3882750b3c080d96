"""All that is stored about one person: read whole, or erased."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import UserId
from bot.jobs.states import OPEN_STATES, JobState
from bot.servers.people import FORGOTTEN
from storage.database.engine import Database
from storage.privacy import pseudonyms
from storage.privacy.everything import SOURCES, about_whom
from storage.privacy.pseudonyms import PORTION
from storage.servers.job_locks import hold_jobs
from storage.tables.column_types import Instant
from storage.tables.jobs import jobs, state_among
from storage.tables.pictures import pictures
from storage.tables.privacy import forgettings
from storage.tables.requests import member_settings

_me: BindParameter[int] = bindparam("me")
_ENDED = text(state_among(set(JobState) - OPEN_STATES))
# Pending messages about an end do not count: the status message still gets its last
# line, without their name, and a notice would mention nobody.
_STILL_OPEN = select(
    exists().where(jobs.c.user_id == _me, jobs.c.state.in_(list(OPEN_STATES)))
)
_THESE = (
    select(jobs.c.id)
    .where(
        jobs.c.user_id == _me,
        # It may take a while; what they ask for since is another matter.
        jobs.c.requested_at <= bindparam("at", type_=Instant),
        _ENDED,
    )
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_user", "sqlite")
)
_ERASE = (
    update(jobs)
    .where(jobs.c.id.in_(_THESE))
    .values(
        user_id=FORGOTTEN,
        prompt="",
        prompt_erased=True,
        interaction_token=None,
        decision_reason=None,
        role_ids=None,
        result_url=None,
        picture_url=None,
        picture_owner_id=case(
            (jobs.c.picture_owner_id == _me, FORGOTTEN),
            else_=jobs.c.picture_owner_id,
        ),
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


_ERASE_PICTURES = (
    update(pictures)
    .where(
        pictures.c.data.is_not(None),
        exists().where(
            jobs.c.id == pictures.c.job_id,
            jobs.c.user_id == _me,
            jobs.c.requested_at <= bindparam("at", type_=Instant),
            _ENDED,
        ),
    )
    .values(data=None)
)
"""What is left of it is deleted at EvoLink as that of any job that is over."""
_OWNED = (
    select(jobs.c.id)
    .where(
        jobs.c.picture_owner_id == _me,
        jobs.c.user_id != _me,
        jobs.c.requested_at <= bindparam("at", type_=Instant),
    )
    .limit(bindparam("at_most"))
)
_DISOWN = (
    update(jobs)
    .where(jobs.c.id.in_(bindparam("these", expanding=True)))
    .values(picture_owner_id=FORGOTTEN)
)
"""It still is somebody else's picture than the requester's."""


def _keep(insert: Any) -> Any:  # noqa: ANN401 - an Insert of either kind
    keeping = insert(forgettings)
    return keeping.on_conflict_do_update(
        index_elements=[forgettings.c.user_id], set_={"at": keeping.excluded.at}
    )


# The two databases word this the same; SQLAlchemy has it in their dialects only.
_BEGIN = {"sqlite": _keep(sqlite_insert), "postgresql": _keep(postgresql_insert)}
_END = delete(forgettings).where(
    forgettings.c.user_id == _me,
    # Unless they have asked for it once more.
    forgettings.c.at <= bindparam("at", type_=Instant),
)
_BEGUN = select(forgettings).where(
    forgettings.c.at < bindparam("before", type_=Instant)
)
_ERASE_SETTINGS = delete(member_settings).where(member_settings.c.user_id == _me)


class SqlPrivacyStore:
    """Implements `bot.privacy.ports.PrivacyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everything_about(
        self, user_id: UserId
    ) -> AsyncIterator[tuple[str, Sequence[str]]]:
        whose = about_whom(user_id)
        for source in SOURCES:
            statement, parameters = source.first, whose
            while True:
                rows = await self._database.read(
                    lambda connection, s=statement, p=parameters: (  # type: ignore[misc]
                        connection.execute(s, p).all()
                    )
                )
                yield source.table, await asyncio.to_thread(source.encoded, rows)
                if len(rows) < source.page:
                    break
                statement, parameters = source.later, {**whose, **source.after(rows)}

    async def forget(self, user_id: UserId, at: datetime) -> int | None:
        def first(connection: Connection) -> tuple[int, bool] | None:
            if connection.scalar(_STILL_OPEN, {"me": user_id}):
                return None
            connection.execute(_ERASE_SETTINGS, {"me": user_id})
            erased, more = _forget_some(connection, user_id, at)
            if more:
                keep = _BEGIN[connection.dialect.name]
                connection.execute(keep, {"user_id": user_id, "at": at})
            return erased, more

        begun = await self._database.write(first)
        if begun is None:
            return None
        erased, more = begun
        return erased + (await self._go_on(user_id, at) if more else 0)

    async def finish_begun(self, before: datetime) -> int:
        def begun(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(_BEGUN, {"before": before}).all()

        left = await self._database.read(begun)
        for one in left:
            await self._go_on(one.user_id, one.at)
        return len(left)

    async def _go_on(self, user_id: UserId, at: datetime) -> int:
        """Erase the rest; return from how many jobs."""

        def some(connection: Connection) -> tuple[int, bool]:
            erased, more = _forget_some(connection, user_id, at)
            if not more:
                connection.execute(_END, {"me": user_id, "at": at})
            return erased, more

        erased, more = 0, True
        while more:
            portion, more = await self._database.write(some)
            erased += portion
        return erased


def _forget_some(
    connection: Connection, user_id: UserId, at: datetime
) -> tuple[int, bool]:
    """Erase a person from some of their rows.

    Returns from how many jobs, and whether there may be more. A job that is open, for
    they go on meanwhile, stays as it is.
    """
    which = {"me": user_id, "at": at, "at_most": PORTION}
    owned = connection.scalars(_OWNED, which).all()
    if owned:
        hold_jobs(connection, owned)
        connection.execute(_DISOWN, {"these": owned})
        return 0, True
    connection.execute(_ERASE_PICTURES, which)
    erased = connection.execute(_ERASE, which).rowcount
    if erased == PORTION:
        return erased, True
    return erased, pseudonyms.rename(connection, user_id, at, PORTION)
