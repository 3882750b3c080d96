"""What status messages read, and when, as Discord's stand-in had it."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bot.demo.stage import Stage
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.traffic import RequestRecord
from sandbox.discord.wire import moment_s

MAKING = "Making your video"
HIGHEST_PERCENT = 95
_PERCENT = re.compile(r"(\d+) ?%")
_OK = 200
_CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback")
_EDIT = re.compile(r"/channels/\d+/messages/\d+|/webhooks/\d+/[^/]+/messages/@original")
_JOBS = "SELECT task_id, status_message_id, clip_message_id FROM jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One text of a status message."""

    at_s: float
    """When Discord had it, in seconds since 1970."""
    text: str
    """All that can be read, the buttons' labels included."""

    @property
    def tells_when(self) -> bool:
        """Whether it says that the clip is being made, and when to expect it."""
        return MAKING in self.text and "<t:" in self.text

    @property
    def percent(self) -> int | None:
        """The progress that it shows, if any."""
        found = _PERCENT.search(self.text) if MAKING in self.text else None
        return None if found is None else int(found[1])

    @property
    def is_highest(self) -> bool:
        """Whether it shows all that is shown before the end."""
        return (self.percent or 0) >= HIGHEST_PERCENT

    @property
    def is_end(self) -> bool:
        """Whether it is the last word."""
        return self.text.startswith(("✅", "❌", "🚫"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeJob:
    """When things happened to a job, in seconds since 1970."""

    status_message_id: int
    accepted_at: float
    """When EvoLink answered that it takes the task."""
    ends_at: float
    clip_at: float | None


def shows(discord: DiscordSandbox) -> Mapping[int, Sequence[Show]]:
    """Return what each answer to a command read from first to last, by message."""
    found: dict[int, list[Show]] = {}
    for request in discord.requests:
        if request.took_s is None or request.status != _OK:
            continue
        at_s = request.at_s + request.took_s
        message = _message(request)
        if message is not None:
            show = Show(at_s=at_s, text="\n".join(_texts(message["components"])))
            found.setdefault(int(message["id"]), []).append(show)
    for said in found.values():
        said.sort(key=lambda one: one.at_s)
    return found


def jobs_of(stage: Stage) -> Sequence[MadeJob]:
    """Return the jobs that EvoLink accepted."""
    accepted_at = {
        json.loads(one.answer)["id"]: one.at + (one.took_s or 0.0)
        for one in stage.evolink.requests
        if one.path.endswith("/generations") and one.status == _OK
    }
    database = stage.folder / "clapper.db"
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
        rows = opened.execute(_JOBS).fetchall()
    return [
        MadeJob(
            status_message_id=status_message_id,
            accepted_at=accepted_at[task_id],
            ends_at=stage.evolink.tasks[task_id].ends_at or 0.0,
            clip_at=None if clip_message_id is None else moment_s(clip_message_id),
        )
        for task_id, status_message_id, clip_message_id in rows
        if task_id in accepted_at
    ]


def busiest(shown: Iterable[Sequence[Show]], *, within_s: float) -> int:
    """Return the most edits of all messages within so many seconds."""
    times = sorted(one.at_s for said in shown for one in said[1:])
    first = most = 0
    for count, at_s in enumerate(times, start=1):
        while at_s - times[first] >= within_s:
            first += 1
        most = max(most, count - first)
    return most


def _message(request: RequestRecord) -> dict[str, Any] | None:
    answer: Any = request.answer
    if request.method == "POST" and _CALLBACK.fullmatch(request.path):
        message: dict[str, Any] | None = (answer.get("resource") or {}).get("message")
        return message
    if request.method == "PATCH" and _EDIT.fullmatch(request.path):
        edited: dict[str, Any] = answer
        return edited
    return None


def _texts(components: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    found: list[str] = []
    for one in components:
        found += [one[key] for key in ("content", "label") if one.get(key)]
        found += _texts(one.get("components") or ())
    return found
