"""What is true of this installation as a whole, learned while it worked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ids import JobId, TaskId


class Fact(StrEnum):
    """Something learned once and kept. The values are stored and must never change."""

    KEY_HONOURED = "key_honoured"
    """EvoLink answered a repeated paid request with `Idempotency-Replayed: true`."""
    KEY_IGNORED = "key_ignored"
    """One job was given two tasks: repeating a paid request costs money here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTask:
    """A task that EvoLink made in addition to the one whose clip the job gets."""

    task_id: TaskId
    job_id: JobId
    credits: float | None
    """Reserved or used, whatever EvoLink told last."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorMessage:
    """Something that the operator's channel has not been told yet."""

    id: int
    event: str
    """Part of the id of its text: `operator-<event>`."""
    values: dict[str, str]
    told_at: datetime
    """When it happened."""
    attempts: int
    fence: int
    """How often it was claimed: writes that carry an older number change nothing."""
