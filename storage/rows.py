"""Jobs as rows and rows as jobs. The columns are the fields, `request` spread out."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from bot.domain.jobs import Job
from bot.domain.video import VideoRequest
from storage.tables import jobs

_ASKED = tuple(field.name for field in fields(VideoRequest))
_OWN = tuple(field.name for field in fields(Job) if field.name != "request")
_COLUMNS = tuple(jobs.c.keys())


def row_of(job: Job) -> dict[str, Any]:
    """Return a job's columns."""
    row = {name: getattr(job, name) for name in _OWN}
    return row | {name: getattr(job.request, name) for name in _ASKED}


def job_of(row: Row[Any]) -> Job:
    """Return the job in a whole row of `jobs`."""
    values = dict(zip(_COLUMNS, row, strict=True))
    request = VideoRequest(**{name: values.pop(name) for name in _ASKED})
    return Job(request=request, **values)
