"""Keeps the pictures of jobs, and remembers which of them EvoLink has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from bot.ids import FileId, JobId
from bot.jobs.states import OPEN_STATES, JobState
from bot.pictures.ports import LeftFile
from bot.pipeline.callbacks import TOKEN_LIFE_AFTER_END_S
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.jobs import jobs, state_among
from storage.tables.pictures import pictures

UNCONFIRMED_FOR = timedelta(hours=1)
"""A task that nobody knows of may be reading its picture."""
LATE_CLIP_FOR = timedelta(seconds=TOKEN_LIFE_AFTER_END_S)
"""A callback may tell of such a task, and its clip is shown beside the picture."""

_THIS = pictures.c.job_id == bindparam("this_job")
_HAS_FILE = pictures.c.upload_intended_at.is_not(None)
_KEEP = insert(pictures)
_DATA = select(pictures.c.data).where(_THIS)
_INTEND = update(pictures).where(_THIS).values(file_id=None)
_UPLOADED = update(pictures).where(
    _THIS,
    pictures.c.upload_intended_at == bindparam("intended_at", type_=Instant),
)
_OVERLAPPED = (
    update(pictures)
    .where(_THIS, pictures.c.upload_intended_at.is_not(None))
    .values(file_id=None)
)
_POSTPONE = update(pictures).where(_THIS)
_NO_FILE = (
    update(pictures)
    .where(_THIS)
    .values(upload_intended_at=None, file_id=None, due_at=None, attempts=0)
)

_AFTER_THE_TASK = text(
    state_among((set(JobState) - OPEN_STATES) | {JobState.DELIVERING})
)
_doubted = bindparam("doubted", type_=Instant)
_missed = bindparam("missed", type_=Instant)
_NO_TASK = and_(
    _AFTER_THE_TASK,
    jobs.c.poll_due_at.is_(None),
    jobs.c.submit_due_at.is_(None),
    or_(jobs.c.state != JobState.UNCONFIRMED, jobs.c.state_since < _doubted),
)
"""No task is made from the picture any more, and none will be."""
_OVER = and_(
    _NO_TASK,
    jobs.c.state != JobState.DELIVERING,
    jobs.c.delivery_due_at.is_(None),
    jobs.c.notice_due_at.is_(None),
    or_(
        jobs.c.state != JobState.UNCONFIRMED,
        jobs.c.callback_hash.is_(None),
        jobs.c.state_since < _missed,
    ),
)
"""The job has ended, and what there was to post about it has been posted. No callback
can tell of a task that nobody knew of. One that was given up on is followed for a day:
its job is still due then."""


def _job_is(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return SQL that is true for pictures whose job is so, or has been erased.

    Asked row by row: there are few pictures, and many jobs.
    """
    of_job = (
        select(case((condition, 1), else_=0))
        .where(jobs.c.id == pictures.c.job_id)
        .correlate(pictures)
        .scalar_subquery()
    )
    return func.coalesce(of_job, 1) == 1


_at_most: BindParameter[int] = bindparam("at_most")
_LEFT_FILES = (
    select(
        pictures.c.job_id,
        pictures.c.file_id,
        pictures.c.upload_intended_at,
        pictures.c.attempts,
    )
    .where(
        _HAS_FILE,
        or_(
            pictures.c.due_at.is_(None),
            pictures.c.due_at <= bindparam("now", type_=Instant),
        ),
        _job_is(_NO_TASK),
    )
    .limit(_at_most)
)
_UNNEEDED = (
    select(pictures.c.job_id)
    .where(or_(~_HAS_FILE, pictures.c.data.is_not(None)), _job_is(_OVER))
    .limit(_at_most)
)
_THESE = and_(pictures.c.job_id.in_(bindparam("these", expanding=True)), _job_is(_OVER))
_DROP = delete(pictures).where(_THESE, ~_HAS_FILE)
_ERASE = update(pictures).where(_THESE).values(data=None)


def keep_picture(connection: Connection, job_id: JobId, picture: bytes) -> None:
    """Keep a job's picture, in a transaction of the caller's."""
    connection.execute(_KEEP, {"job_id": job_id, "attempts": 0, "data": picture})


class SqlPictures:
    """Implements `Pictures`, `Uploaded` and `Leftovers` of `bot.pictures.ports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, job_id: JobId) -> bytes | None:
        def read(connection: Connection) -> bytes | None:
            data: bytes | None = connection.scalar(_DATA, {"this_job": job_id})
            return data

        return await self._database.read(read)

    async def intend_upload(self, job_id: JobId, at: datetime) -> bytes | None:
        this = {"this_job": job_id}

        def write(connection: Connection) -> bytes | None:
            data: bytes | None = connection.scalar(_DATA, this)
            if data is not None:
                connection.execute(_INTEND, this | {"upload_intended_at": at})
            return data

        return await self._database.write(write)

    async def note_uploaded(
        self, job_id: JobId, file_id: FileId, at: datetime, *, intended_at: datetime
    ) -> bool:
        values = {
            "this_job": job_id,
            "intended_at": intended_at,
            "file_id": file_id,
            "upload_intended_at": at,
        }

        # The other upload's note then finds that it was not alone, too.
        overlapped = {"this_job": job_id, "upload_intended_at": at}

        def write(connection: Connection) -> bool:
            if connection.execute(_UPLOADED, values).rowcount == 1:
                return True
            return connection.execute(_OVERLAPPED, overlapped).rowcount == 1

        return await self._database.write(write)

    async def left_files(self, now: datetime, limit: int) -> Sequence[LeftFile]:
        which = {"now": now, "doubted": now - UNCONFIRMED_FOR, "at_most": limit}

        def read(connection: Connection) -> Sequence[LeftFile]:
            return [
                LeftFile(
                    job_id=row.job_id,
                    file_id=row.file_id,
                    uploaded_at=row.upload_intended_at,
                    attempts=row.attempts,
                )
                for row in connection.execute(_LEFT_FILES, which)
            ]

        return await self._database.read(read)

    async def postpone(self, file: LeftFile, due_at: datetime) -> None:
        values = {"due_at": due_at, "attempts": file.attempts + 1}

        def write(connection: Connection) -> None:
            connection.execute(_POSTPONE, {"this_job": file.job_id} | values)

        await self._database.write(write)

    async def note_deleted(self, job_id: JobId) -> None:
        def write(connection: Connection) -> None:
            connection.execute(_NO_FILE, {"this_job": job_id})

        await self._database.write(write)

    async def erase_unneeded(self, now: datetime, limit: int) -> int:
        which = {
            "doubted": now - UNCONFIRMED_FOR,
            "missed": now - LATE_CLIP_FOR,
            "at_most": limit,
        }

        def look(connection: Connection) -> Sequence[str]:
            return connection.scalars(_UNNEEDED, which).all()

        def write(connection: Connection) -> None:
            # As it is by now: a job may have got a clip after all.
            connection.execute(_DROP, these)
            connection.execute(_ERASE, these)

        found = await self._database.read(look)
        these = which | {"these": found}
        if found:
            await self._database.write(write)
        return len(found)
