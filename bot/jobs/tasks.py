"""What EvoLink tells us, in our words."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.ids import TaskId
from bot.jobs.failures import Failure


class TaskStatus(StrEnum):
    """How far a task is. Any status that EvoLink does not document is RUNNING."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """EvoLink took a paid request."""

    task_id: TaskId
    model: str
    """The model really used; EvoLink may map an old name to a new one."""
    estimated_time_s: float | None
    credits_reserved: float | None
    replayed: bool
    """EvoLink has seen this key before, so there is no second charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSnapshot:
    """What one poll says about a task."""

    task_id: TaskId
    status: TaskStatus
    progress: int
    """Percent, 0 to 100."""
    estimated_time_s: float | None = None
    result_url: str | None = field(default=None, repr=False)
    """Where the clip lies for 24 h. None unless completed, and sometimes even then."""
    failure: Failure | None = None
    """Set exactly if the status is FAILED or CANCELLED."""
    credits_used: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What may still be spent with our key, in credits (68 to the US dollar)."""

    spendable: float
    """The account's credits, or fewer if the key has a limit of its own."""
