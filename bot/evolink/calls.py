"""The four calls: where each goes, how long it may take, what its silence means."""

from dataclasses import dataclass
from enum import StrEnum

from bot.ids import TaskId

CREATE_TIMEOUT_S = 30.0
"""As EvoLink's own client waits for a submit."""
READ_TIMEOUT_S = 15.0
"""As EvoLink's own client waits for a reading."""


class CallKind(StrEnum):
    """What is asked, as the metrics call it. Only a create is paid for."""

    CREATE = "create"
    TASK = "task"
    BATCH = "batch"
    CREDITS = "credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request to be made. `str()` names it, for messages and the log."""

    kind: CallKind
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


CREATE = Call(kind=CallKind.CREATE, method="POST", path="/v1/videos/generations")
BATCH = Call(kind=CallKind.BATCH, method="POST", path="/v1/tasks/batch")
CREDITS = Call(kind=CallKind.CREDITS, method="GET", path="/v1/credits")


def read_of(task_id: TaskId) -> Call:
    """Return the call that reads one task. The id must be fit for a path."""
    return Call(kind=CallKind.TASK, method="GET", path=f"/v1/tasks/{task_id}")
