"""Whether the database works. Logged once, when that changes.

Every caller meets the same trouble; one line for each would fill the log.
"""

import time

import structlog

from bot.errors import StorageError, StorageFull

log = structlog.get_logger(__name__)


class Condition:
    """Whether the latest reads and writes succeeded."""

    def __init__(self) -> None:
        self._fault: StorageError | None = None
        self._is_of_writing = False
        self._since_s = 0.0

    @property
    def fault(self) -> StorageError | None:
        """What is wrong; None = nothing that we know of."""
        return self._fault

    def note_failure(self, error: StorageError, *, writing: bool) -> None:
        """Note a failure; a new kind of it is logged."""
        before = self._fault
        if before is None:
            self._since_s = time.monotonic()
        self._fault = error
        self._is_of_writing = writing or (before is not None and self._is_of_writing)
        if before is None or before.kind != error.kind:
            log.error("database failed", kind=error.kind, reason=str(error))

    def note_success(self, *, writing: bool, much: bool = False) -> None:
        """Note a success. A read says nothing about a fault of writing.

        On a full disk a small write may still succeed; only `much` written ends that
        fault.
        """
        if self._fault is None or (self._is_of_writing and not writing):
            return
        if isinstance(self._fault, StorageFull) and not much:
            return
        self._fault = None
        lasted_s = time.monotonic() - self._since_s
        log.info("database recovered", after_s=round(lasted_s, 1))
