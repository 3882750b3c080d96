"""Jobs as the operator reads them: as lines, or as JSON for programs."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.jobs.jobs import Job
from bot.plain_numbers import plain

_REQUEST = ("mode", "duration_s", "aspect", "model", "quality", "sound")
_HEADINGS = ("ID", "STATE", "SINCE (UTC)", "SERVER", "MEMBER", "TASK")


def table(jobs: Sequence[Job]) -> Iterator[str]:
    """Yield a heading and a line for each job; columns are two spaces apart."""
    rows = [_HEADINGS, *map(_row, jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def details(job: Job) -> Iterator[str]:
    """Yield a line for each thing that is known about a job, its name in front."""
    known = [(name, value) for name, value in _fields(job) if value is not None]
    width = max(len(name) for name, _ in known)
    for name, value in known:
        yield f"{name:{width}}  {_shown(value)}"


def as_json(jobs: Job | Sequence[Job]) -> str:
    """Return one job as an object, or several as a list of such.

    Times are ISO 8601; ids are texts, since readers of JSON round such numbers.
    """
    found = _object(jobs) if isinstance(jobs, Job) else [_object(job) for job in jobs]
    return json.dumps(found, indent=2, ensure_ascii=True)


def _row(job: Job) -> tuple[str, ...]:
    return (
        job.id,
        job.state,
        f"{job.state_since.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        str(job.guild_id),
        str(job.user_id),
        job.task_id or "-",
    )


def _fields(job: Job) -> Iterator[tuple[str, object]]:
    """Yield what may be shown: a field hidden from the repr is a secret or a prompt."""
    request = job.request
    for field in dataclasses.fields(job):
        if field.repr:
            yield field.name, getattr(job, field.name)
        elif field.name == "request":
            for name in _REQUEST:
                yield name, getattr(request, name)
            picture = request.picture
            yield "picture_kind", None if picture is None else picture.kind
            yield "picture_owner_id", None if picture is None else picture.owner_id


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        case float():
            return plain(value)
        case frozenset():
            return ", ".join(sorted(map(str, value))) or "none"
        case _:
            return str(value)


def _object(job: Job) -> dict[str, object]:
    return {name: _plain(value) for name, value in _fields(job)}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case frozenset():
            return sorted(map(str, value))
        case int() if abs(value) > 2**53:
            return str(value)
        case _:
            return value
