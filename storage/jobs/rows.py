"""Converts jobs to rows and back. Columns are fields; `request` is flattened.

So is its `picture`, whose columns begin with that.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Row

from bot.jobs.jobs import Job
from bot.jobs.picture import PictureUse
from bot.jobs.video import VideoRequest
from storage.tables.jobs import jobs

T = TypeVar("T")

_ASKED = tuple(f.name for f in fields(VideoRequest) if f.name != "picture")
_OWN = tuple(field.name for field in fields(Job) if field.name != "request")
_COLUMNS = tuple(jobs.c.keys())


class _Maker(Generic[T]):
    """Makes frozen records with slots of all their values, in the order of `names`.

    The constructor of a record with fifty fields takes five times as long, most of it
    for their names; and jobs are read some twenty times each.
    """

    def __init__(self, kind: type[T], names: Iterable[str]) -> None:
        self._kind = kind
        self._set: tuple[Callable[[T, Any], None], ...] = tuple(
            getattr(kind, name).__set__ for name in names
        )

    def make(self, values: Iterable[Any]) -> T:
        """Return a record with these values."""
        record = object.__new__(self._kind)
        for put, value in zip(self._set, values, strict=True):
            put(record, value)
        return record


_request = _Maker(VideoRequest, ("picture", *_ASKED))
_job = _Maker(Job, ("request", *_OWN))
_asked_in = itemgetter(*(_COLUMNS.index(name) for name in _ASKED))
_kind_in = _COLUMNS.index("picture_kind")
_owner_in = _COLUMNS.index("picture_owner_id")
_own_in = itemgetter(*(_COLUMNS.index(name) for name in _OWN))


def row_of(job: Job) -> dict[str, Any]:
    """Return a job's columns."""
    row = {name: getattr(job, name) for name in _OWN}
    row |= {name: getattr(job.request, name) for name in _ASKED}
    picture = job.request.picture
    row["picture_kind"] = None if picture is None else picture.kind
    row["picture_owner_id"] = None if picture is None else picture.owner_id
    return row


def job_of(row: Row[Any]) -> Job:
    """Return the job in a whole row of `jobs`."""
    kind = row[_kind_in]
    picture = None if kind is None else PictureUse(kind=kind, owner_id=row[_owner_in])
    return _job.make((_request.make((picture, *_asked_in(row))), *_own_in(row)))
