"""The calls: where each goes, how long it may take, what its silence means."""

from dataclasses import dataclass
from enum import StrEnum

from bot.ids import FileId, TaskId

CREATE_TIMEOUT_S = 30.0
"""As EvoLink's own client waits for a submit."""
READ_TIMEOUT_S = 15.0
"""As EvoLink's own client waits for a reading."""
UPLOAD_TIMEOUT_S = 60.0
"""For some 2 MB over a slow line. Nothing else waits for an upload."""


class CallKind(StrEnum):
    """What is asked, as the metrics call it. Only a create is paid for."""

    CREATE = "create"
    TASK = "task"
    BATCH = "batch"
    CREDITS = "credits"
    UPLOAD = "upload"
    DELETE_FILE = "delete_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request to be made. `str()` names it, for messages and the log."""

    kind: CallKind
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_about_files(self) -> bool:
        """Whether it goes to the host of files, which has codes of its own."""
        return self.kind in {CallKind.UPLOAD, CallKind.DELETE_FILE}


CREATE = Call(kind=CallKind.CREATE, method="POST", path="/v1/videos/generations")
BATCH = Call(kind=CallKind.BATCH, method="POST", path="/v1/tasks/batch")
CREDITS = Call(kind=CallKind.CREDITS, method="GET", path="/v1/credits")
UPLOAD = Call(kind=CallKind.UPLOAD, method="POST", path="/api/v1/files/upload/stream")


def read_of(task_id: TaskId) -> Call:
    """Return the call that reads one task. The id must be fit for a path."""
    return Call(kind=CallKind.TASK, method="GET", path=f"/v1/tasks/{task_id}")


def delete_of(file_id: FileId) -> Call:
    """Return the call that deletes a file. The id must be fit for a path."""
    path = f"/api/v1/files/{file_id}"
    return Call(kind=CallKind.DELETE_FILE, method="DELETE", path=path)
