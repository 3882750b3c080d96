"""Claims on due work: a lease and a fence for each kind, as columns of the job."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Unpack

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    case,
    func,
    select,
    update,
)

from bot.errors import ClaimLost
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState
from bot.jobs.store import JobListener
from storage.database.engine import Database
from storage.database.notifying import notify
from storage.jobs import queue
from storage.jobs.rows import job_of
from storage.jobs.transitions import Step, claimed, claiming
from storage.servers.job_locks import hold_jobs
from storage.tables.column_types import Instant
from storage.tables.jobs import fence_of, jobs, lease_of
from storage.tables.leases import free

_THIS = jobs.c.id == bindparam("this_job")


def _claim(kind: Due) -> Update:
    ids: BindParameter[Any] = bindparam("job_ids", expanding=True)
    due_by = bindparam("due_by", type_=Instant)
    chosen = (
        select(jobs.c.id)
        .where(jobs.c.id.in_(ids), jobs.c[kind.value] <= due_by, free(lease_of(kind)))
        # SQLite has one writer and leaves this out.
        .with_for_update(skip_locked=True)
    )
    return (
        update(jobs).where(jobs.c.id.in_(chosen)).values(claiming(kind)).returning(jobs)
    )


def _held(kind: Due) -> Update:
    """Change a row whose claim is still held."""
    return update(jobs).where(_THIS, claimed(kind))


def _renew(kind: Due) -> Update:
    lease = lease_of(kind)
    # A claim that has ended meanwhile holds nothing that could be renewed.
    until = bindparam("until", type_=Instant)
    return _held(kind).where(lease.is_not(None)).values({lease: until})


def _is_held(kind: Due) -> Select[Any]:
    return select(func.count()).select_from(jobs).where(_THIS, claimed(kind))


def _finish(kind: Due) -> Update:
    lease = lease_of(kind)
    return _held(kind).values({lease: None})


def _finish_with_date(kind: Due) -> Update:
    due_at, lease = jobs.c[kind.value], lease_of(kind)
    dated = case(
        (
            due_at == bindparam("was_due_at", type_=Instant),
            bindparam("now_due_at", type_=Instant),
        ),
        else_=due_at,
    )
    return _held(kind).values({due_at: dated, lease: None})


def _clear(kind: Due) -> Update:
    lease, fence = lease_of(kind), fence_of(kind)
    # What is not due has nothing that a lease would hold up.
    return (
        update(jobs)
        .where(jobs.c[kind.value].is_not(None), lease.is_not(None))
        .values({lease: None, fence: fence + 1})
    )


def _for_each(make: Callable[[Due], Update]) -> Mapping[Due, Update]:
    return MappingProxyType({kind: make(kind) for kind in Due})


_CLAIM = _for_each(_claim)
_HELD = _for_each(_held)
_HELD_IN_STATE = _for_each(
    lambda kind: (
        _held(kind).where(jobs.c.state == bindparam("this_state")).returning(jobs)
    )
)
_RENEW = _for_each(_renew)
_FINISH = _for_each(_finish)
_FINISH_WITH_DATE = _for_each(_finish_with_date)
_DUE_AFTER = _for_each(lambda kind: _finish(kind).returning(jobs.c[kind.value]))
_DATED_DUE_AFTER = _for_each(
    lambda kind: _finish_with_date(kind).returning(jobs.c[kind.value])
)
CLEAR_LEASES = _for_each(_clear)
_CLAIM_STATUS = (
    update(jobs)
    .where(_THIS, free(lease_of(Due.STATUS)))
    .values(claiming(Due.STATUS))
    .returning(jobs)
)
_SHOW_AGAIN = (
    update(jobs)
    .where(_THIS)
    .values(
        {
            jobs.c.status_due_at: bindparam("at", type_=Instant),
            # The lease stays: who edits now must end before the next one begins, or
            # each would take the other's claim, again and again.
            fence_of(Due.STATUS): fence_of(Due.STATUS) + 1,
        }
    )
)
_IS_HELD = MappingProxyType({kind: _is_held(kind) for kind in Due})


class SqlClaims:
    """Implements `bot.jobs.claims.ClaimStore` on a database that is lent to it."""

    def __init__(
        self,
        database: Database,
        *,
        listener: JobListener | None,
        watcher: Callable[[Job], None] | None,
    ) -> None:
        self._database = database
        self._listener = listener
        self._watcher = watcher

    async def claim(
        self,
        kind: Due,
        job_ids: Sequence[JobId],
        *,
        due_by: datetime,
        now: datetime,
        until: datetime,
    ) -> Sequence[Claim]:
        parameters = {
            "job_ids": list(job_ids),
            "due_by": due_by,
            "now": now,
            "until": until,
        }

        def work(connection: Connection) -> dict[JobId, Claim]:
            rows = connection.execute(_CLAIM[kind], parameters)
            return {row.id: _claim_of(row, kind) for row in rows}

        claims = await self._database.write(work)
        return [claims[job_id] for job_id in job_ids if job_id in claims]

    async def claim_queued(
        self,
        job: Job,
        at: datetime,
        until: datetime,
        slots: Slots,
        **changes: Unpack[JobChanges],
    ) -> Claim | None:
        step = Step(JobState.QUEUED, JobState.SUBMITTING)

        def work(connection: Connection) -> Claim | None:
            if not queue.take_slot(connection, slots):
                return None
            row = step.claim(connection, job.id, at, changes, Due.SUBMIT, until)
            return None if row is None else _claim_of(row, Due.SUBMIT)

        def tell(claim: Claim | None) -> None:
            self._tell_moved(step, None if claim is None else claim.job, changes)

        return await self._database.write_and_tell(work, tell)

    async def claim_status(
        self, job_id: JobId, now: datetime, until: datetime
    ) -> Claim | None:
        parameters = {"this_job": job_id, "now": now, "until": until}

        def work(connection: Connection) -> Claim | None:
            row = connection.execute(_CLAIM_STATUS, parameters).one_or_none()
            return None if row is None else _claim_of(row, Due.STATUS)

        return await self._database.write(work)

    async def show_again(self, job_id: JobId, at: datetime) -> None:
        parameters = {"this_job": job_id, "at": at}

        def work(connection: Connection) -> None:
            connection.execute(_SHOW_AGAIN, parameters)

        changes = JobChanges(status_due_at=at)
        await self._database.write_and_tell(work, lambda _: self._tell([changes]))

    async def renew(self, claims: Sequence[Claim], until: datetime) -> None:
        def work(connection: Connection) -> None:
            for one in sorted(claims, key=_job_id):
                connection.execute(_RENEW[one.kind], _of(one) | {"until": until})

        await self._database.write(work)

    async def let_go(self, claims: Sequence[Claim]) -> None:
        def work(connection: Connection) -> None:
            for one in sorted(claims, key=_job_id):
                connection.execute(_FINISH[one.kind], _of(one))
            for kind in sorted({one.kind for one in claims}):
                notify(connection, kind.value)

        await self._database.write(work)

    async def note_claimed(self, claim: Claim, changes: JobChanges) -> None:
        def work(connection: Connection) -> None:
            parameters = {**changes, **_of(claim)}
            noted = connection.execute(_HELD[claim.kind], parameters)
            if noted.rowcount != 1:
                raise _lost(claim)

        await self._database.write_and_tell(work, lambda _: self._tell([changes]))

    async def note_unless_moved(
        self, claim: Claim, state: JobState, changes: JobChanges
    ) -> Job | None:
        def work(connection: Connection) -> Job | None:
            parameters = {**changes, **_of(claim), "this_state": state}
            noted = connection.execute(_HELD_IN_STATE[claim.kind], parameters)
            row = noted.one_or_none()
            if row is None and not _is_still_held(connection, claim):
                raise _lost(claim)
            return None if row is None else job_of(row)

        def tell(noted: Job | None) -> None:
            if noted is not None:
                self._tell([changes])

        return await self._database.write_and_tell(work, tell)

    async def finish(self, claim: Claim, changes: JobChanges) -> None:
        def work(connection: Connection) -> JobChanges:
            done = _end(connection, claim, changes)
            if done is None:
                raise _lost(claim)
            return done

        await self._database.write_and_tell(work, lambda done: self._tell([done]))

    async def finish_all(
        self, finished: Sequence[tuple[Claim, JobChanges]]
    ) -> Sequence[Claim]:
        if not finished:
            return []

        def tell(lost: Sequence[Claim]) -> None:
            self._tell([changes for claim, changes in finished if claim not in lost])

        return await self._database.write_and_tell(
            lambda connection: _end_all(connection, finished), tell
        )

    async def move_claimed(
        self,
        claim: Claim,
        old: JobState | Collection[JobState],
        new: JobState,
        at: datetime,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        step = Step(old, new)

        def work(connection: Connection) -> Job | None:
            moved = step.take(connection, claim.job.id, at, changes, claim)
            if moved is None and not _is_still_held(connection, claim):
                raise _lost(claim)
            return moved

        return await self._database.write_and_tell(
            work, lambda moved: self._tell_moved(step, moved, changes)
        )

    def _tell(self, changes: Sequence[JobChanges]) -> None:
        if self._listener is not None:
            self._listener.changed(changes)

    def _tell_moved(self, step: Step, moved: Job | None, changes: JobChanges) -> None:
        if moved is not None and self._listener is not None:
            self._listener.moved(step.olds, moved, changes)
        if moved is not None and self._watcher is not None:
            self._watcher(moved)


def _job_id(claim: Claim) -> JobId:
    return claim.job.id


def _of(claim: Claim) -> dict[str, Any]:
    return {"this_job": claim.job.id, "this_fence": claim.fence}


def _lost(claim: Claim) -> ClaimLost:
    return ClaimLost(f"somebody else has claimed {claim.job.id} for {claim.kind}")


def _end(
    connection: Connection, claim: Claim, changes: JobChanges
) -> JobChanges | None:
    """End a claim; return what has changed with that, or None if it was lost."""
    is_dated = claim.kind.value in changes
    statement = (_DATED_DUE_AFTER if is_dated else _DUE_AFTER)[claim.kind]
    row = connection.execute(statement, _ending(claim, changes)).first()
    if row is None:
        return None
    done = changes.copy()
    done[claim.kind.value] = row[0]
    return done


def _end_all(
    connection: Connection, finished: Sequence[tuple[Claim, JobChanges]]
) -> list[Claim]:
    """End claims with one statement for each set of fields; return the lost ones."""
    hold_jobs(connection, [claim.job.id for claim, _ in finished])
    alike: dict[tuple[Due, frozenset[str]], list[tuple[Claim, JobChanges]]]
    alike = defaultdict(list)
    for claim, changes in finished:
        alike[claim.kind, frozenset(changes)].append((claim, changes))
    lost: list[Claim] = []
    for (kind, fields), some in alike.items():
        statement = (_FINISH_WITH_DATE if kind.value in fields else _FINISH)[kind]
        parameters = [_ending(claim, changes) for claim, changes in some]
        if connection.dialect.supports_sane_multi_rowcount:
            if connection.execute(statement, parameters).rowcount < len(some):
                lost += [one for one, _ in some if not _is_still_held(connection, one)]
        else:
            for (claim, _), these in zip(some, parameters, strict=True):
                if connection.execute(statement, these).rowcount == 0:
                    lost.append(claim)
    return lost


def _is_still_held(connection: Connection, claim: Claim) -> bool:
    return bool(connection.scalar(_IS_HELD[claim.kind], _of(claim)))


def _ending(claim: Claim, changes: JobChanges) -> dict[str, Any]:
    parameters: dict[str, Any] = {**changes, **_of(claim)}
    if claim.kind.value in changes:
        parameters["now_due_at"] = parameters.pop(claim.kind.value)
        parameters["was_due_at"] = claim.due_at
    return parameters


def _claim_of(row: Row[Any], kind: Due) -> Claim:
    job = job_of(row)
    due_at = getattr(job, kind.value)
    fence = getattr(row, fence_of(kind).name)
    return Claim(job=job, kind=kind, due_at=due_at, fence=fence)
