"""Marks what a restored copy cannot know: whether it was done since the copy was made.

The database that was lost went on after its copy. What is open there may have been
paid for and posted by then. So each of it is marked as after a crash in the middle: a
paid request goes only under its own Idempotency-Key, and a message is looked for before
it is posted. The columns are those of the first revision, and so of every one, and the
statements are in words that both databases know.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

_PAYING = "state IN ('received', 'awaiting_review', 'queued')"
_OPEN = (
    "state IN ('received', 'awaiting_review', 'queued', 'submitting', 'generating',"
    " 'delivering')"
)
_KEY_LIFE = timedelta(days=1)

_MARKS = (  # the only words filled in are the states above
    # A paid request may have left: since when, by what the copy knows.
    f"""UPDATE jobs SET unsure_since = state_since
        WHERE {_PAYING} AND unsure_since IS NULL""",  # noqa: S608
    # One that has left, or was to leave, is asked for again as after a crash just now.
    """UPDATE jobs SET unsure_since = :now WHERE state = 'submitting'
        AND (unsure_since IS NULL OR first_submit_at > :yesterday)""",
    # Also a clip that comes late, after its job has ended.
    f"""UPDATE jobs SET post_intended_at = state_since
        WHERE post_intended_at IS NULL AND removed_at IS NULL
        AND ({_OPEN} OR state IN ('failed', 'unconfirmed'))""",  # noqa: S608
    f"""UPDATE jobs SET notice_intended_at = state_since
        WHERE notice_intended_at IS NULL AND ({_OPEN} OR notice_due_at IS NOT NULL)""",  # noqa: S608
    """UPDATE cards SET intended_at =
        (SELECT state_since FROM jobs WHERE jobs.id = cards.job_id)
        WHERE intended_at IS NULL AND message_id IS NULL AND due_at IS NOT NULL""",
    """UPDATE guild_logs SET intended_at = due_at
        WHERE intended_at IS NULL AND due_at IS NOT NULL""",
    """UPDATE greetings SET intended_at = due_at
        WHERE intended_at IS NULL AND due_at IS NOT NULL""",
    "UPDATE operator_messages SET attempts = 1 WHERE attempts = 0",
)


class Answer(Protocol):
    """What a statement gives back, of either library."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row's type is its library's own
        """Return the next row."""
        ...


def mark_in_doubt(
    execute: Callable[[str, Mapping[str, int]], Answer], now: datetime
) -> int:
    """Mark what is open; return how many jobs are.

    `execute` runs one statement in a transaction of the caller's, which no process of
    ours works beside.
    """
    times = {"now": _stored(now), "yesterday": _stored(now - _KEY_LIFE)}
    for mark in _MARKS:
        execute(mark, times)
    (count,) = execute(f"SELECT count(*) FROM jobs WHERE {_OPEN}", {}).fetchone()  # noqa: S608
    return int(count)


def _stored(at: datetime) -> int:
    """Return a time as its column holds it: see `storage.tables.column_types`."""
    return round(at.timestamp() * 1_000_000)
