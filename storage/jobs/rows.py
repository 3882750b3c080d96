"""Converts jobs to rows and back. Columns are fields; `request` is flattened."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Row

from bot.jobs.jobs import Job
from bot.jobs.video import VideoRequest
from storage.tables.jobs import jobs

T = TypeVar("T")

_ASKED = tuple(field.name for field in fields(VideoRequest))
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


_request = _Maker(VideoRequest, _ASKED)
_job = _Maker(Job, ("request", *_OWN))
_asked_in = itemgetter(*(_COLUMNS.index(name) for name in _ASKED))
_own_in = itemgetter(*(_COLUMNS.index(name) for name in _OWN))


def row_of(job: Job) -> dict[str, Any]:
    """Return a job's columns."""
    row = {name: getattr(job, name) for name in _OWN}
    return row | {name: getattr(job.request, name) for name in _ASKED}


def job_of(row: Row[Any]) -> Job:
    """Return the job in a whole row of `jobs`."""
    return _job.make((_request.make(_asked_in(row)), *_own_in(row)))
