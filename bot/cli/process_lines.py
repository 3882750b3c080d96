"""Processes as the operator reads them: as lines, or as JSON for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from bot.jobs.due import Due
from bot.plain_numbers import plural
from storage.processes.listing import ListedProcess

_HEADINGS = (
    "PROCESS",
    "VERSION",
    "SINCE (UTC)",
    "SEEN",
    "SEATS",
    "SHARDS",
    "CONNECTIONS",
    "WORK",
)
_MOST_SHARDS = 8
"""That are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """Who works on a database, and on what."""

    processes: Sequence[ListedProcess]
    """Those on a server."""
    file_holder: str | None
    """The process id of the one that has a file; None = nobody has, or it is none."""
    claimed: Mapping[Due, int]
    """How many jobs are claimed for each kind of work, by whichever process."""


def as_text(found: AtWork) -> str:
    """Return a heading and a line for each process, and what they are about."""
    kinds = ", ".join(
        f"{kind.name.lower()} {number}"
        for kind, number in found.claimed.items()
        if number
    )
    return "\n".join((*_who(found), f"Claimed now: {kinds or 'nothing'}."))


def as_json(found: AtWork) -> str:
    """Return the same as one object. Times are ISO 8601."""
    processes: list[dict[str, object]] = [
        {
            "name": one.name,
            "alive": one.is_alive,
            "version": one.version,
            "started_at": one.started_at.isoformat(),
            "seen_at": one.seen_at.isoformat(),
            "seats": list(one.seats),
            "shards": list(one.shards),
            "connections": one.sessions,
            "work": dict(one.work),
        }
        for one in found.processes
    ]
    if found.file_holder is not None:
        processes.append({"name": found.file_holder, "alive": True})
    work = {kind.name.lower(): number for kind, number in found.claimed.items()}
    return json.dumps({"processes": processes, "claimed": work}, indent=2)


def _who(found: AtWork) -> Iterator[str]:
    if found.file_holder is not None:
        yield f"Process {found.file_holder} works on the database."
    elif not found.processes:
        yield "No process works on the database."
    else:
        yield from _table(found.processes)


def _table(found: Sequence[ListedProcess]) -> Iterator[str]:
    """Yield the heading and the lines; columns are two spaces apart."""
    rows = [_HEADINGS, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _row(one: ListedProcess) -> tuple[str, ...]:
    seen = f"{plural(round(one.unseen_s), 'second')} ago"
    return (
        one.name,
        one.version,
        f"{one.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        seen if one.is_alive else f"{seen} (dead)",
        ", ".join(one.seats) or "-",
        _shards(one.shards),
        str(one.sessions),
        ", ".join(f"{name} {number}" for name, number in one.work.items()) or "-",
    )


def _shards(held: Sequence[int]) -> str:
    named = ", ".join(map(str, held[:_MOST_SHARDS]))
    more = len(held) - _MOST_SHARDS
    return f"{named} and {more} more" if more > 0 else named or "-"
