"""Where a process may die: before and after each commit and each outgoing request.

Nothing of this is in the product: the hooks are put around SQLAlchemy and aiohttp from
outside, in a process that runs the real program.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from yarl import URL

from bot.jobs.states import JobState

RECORD = "CRASH_RECORD"
"""Names a file that gets the name of each point passed."""
AT = "CRASH_AT"
"""The point to die at, as `Point.text`."""

_ID = re.compile(r"(?<=/)(?:\d{5,}|[\w-]{30,}|task-unified[\w-]*|file_\w+)(?=/|$)")
_FILE = re.compile(r"/acct1/.*")
_SET = re.compile(r"UPDATE (?:jobs|pictures) SET (.*?) WHERE", re.DOTALL)
_NEW_JOB = "commit insert jobs"
_NO_JOBS = frozenset({"erasing", "greetings"})
"""Tables that are written once in a life or a server, whatever becomes of a job: a
second job would never pass there."""
_STATES = frozenset(state.value for state in JobState)


@dataclass(frozen=True)
class Point:
    """One moment in the life of a job."""

    name: str
    after: bool

    @property
    def text(self) -> str:
        return f"{'after' if self.after else 'before'} {self.name}"

    @classmethod
    def parse(cls, text: str) -> "Point":
        when, _, name = text.partition(" ")
        return cls(name, after=when == "after")


class Passing:
    """Dies at the wanted point, the first time it is passed; writes down all others."""

    def __init__(self, *, at: Point | None, record: Path | None) -> None:
        self._at = at
        self._record = record
        self.seen: Counter[Point] = Counter()

    def passes(self, point: Point) -> None:
        self.seen[point] += 1
        if self._record is not None:
            with self._record.open("a") as file:
                file.write(f"{point.text}\n")
        if point == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


_PATIENT = "commit status_due_at"


def install(environment: MutableMapping[str, str]) -> None:
    """Put the hooks in place, if the environment asks for any."""
    at = environment.pop(AT, None)
    record = environment.pop(RECORD, None)
    if at is None and record is None:
        return
    passing = Passing(
        at=Point.parse(at) if at else None, record=Path(record) if record else None
    )
    _watch_commits(passing)
    _watch_requests(passing)


def _watch_commits(passing: Passing) -> None:
    writing: dict[int, str] = {}

    def note(
        connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        label = _label(statement, parameters)
        if label is not None:
            # A transaction is named by the step of a job that it takes, whoever shares
            # it, else by what it begins with, but for what waited to go along with
            # something more urgent.
            of = id(connection.connection.dbapi_connection)
            is_step = label == _NEW_JOB or label.removeprefix("commit ") in _STATES
            if is_step or writing.get(of, _PATIENT) == _PATIENT:
                writing[of] = label

    event.listen(Engine, "before_cursor_execute", note)
    original: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

    def commit(self: DefaultDialect, dbapi_connection: Any) -> None:
        inner = getattr(dbapi_connection, "dbapi_connection", dbapi_connection)
        label = writing.pop(id(inner), None)
        if label is None:
            original(self, dbapi_connection)
            return
        passing.passes(Point(label, after=False))
        original(self, dbapi_connection)
        passing.passes(Point(label, after=True))

    DefaultDialect.do_commit = commit  # type: ignore[method-assign]


def _label(statement: str, parameters: Any) -> str | None:
    """Name a write by what it does to a job; reads have no name."""
    if statement.startswith("INSERT INTO"):
        table = statement.split()[2]
        return None if table in _NO_JOBS else f"commit insert {table}"
    changed = _SET.match(statement)
    if changed is None:
        return None
    values = parameters if isinstance(parameters, tuple) else ()
    states = [one for one in values if isinstance(one, str) and one in _STATES]
    if "state=?" in changed[1] and states:
        return f"commit {states[0]}"
    columns = [one.split("=")[0].strip() for one in changed[1].split(",")]
    return f"commit {'+'.join(sorted(columns))}"


def _watch_requests(passing: Passing) -> None:
    original: Callable[..., Awaitable[aiohttp.ClientResponse]]
    original = aiohttp.ClientSession._request

    @wraps(original)
    async def request(
        self: aiohttp.ClientSession, method: str, url: Any, **options: Any
    ) -> aiohttp.ClientResponse:
        point = partial(Point, f"{method} {_template(URL(url).path)}")
        passing.passes(point(after=False))
        response = await original(self, method, url, **options)
        passing.passes(point(after=True))
        return response

    aiohttp.ClientSession._request = request  # type: ignore[method-assign, assignment]


def _template(path: str) -> str:
    return _FILE.sub("/clip", _ID.sub("{}", path))
