"""Whether the database does what it is asked. Told once when that changes.

Everybody who asks meets the same trouble: it would fill the log if each told of it.
"""

import time

import structlog

from bot.errors import StorageError, StorageFull

log = structlog.get_logger(__name__)


class Condition:
    """What has become of the latest reads and writes."""

    def __init__(self) -> None:
        self._fault: StorageError | None = None
        self._is_of_writing = False
        self._since_s = 0.0

    @property
    def fault(self) -> StorageError | None:
        """What is wrong; None = nothing that we know of."""
        return self._fault

    def failed(self, error: StorageError, *, writing: bool) -> None:
        """Note a failure; a new kind of it is logged."""
        before = self._fault
        if before is None:
            self._since_s = time.monotonic()
        self._fault = error
        self._is_of_writing = writing or (before is not None and self._is_of_writing)
        if before is None or before.kind != error.kind:
            log.error("database fails", kind=error.kind, reason=str(error))

    def worked(self, *, writing: bool, much: bool = False) -> None:
        """Note a success. What only reads says nothing about a fault of writing.

        Where the disk is full, a little still fits now and then: that has passed once
        `much` was written.
        """
        if self._fault is None or (self._is_of_writing and not writing):
            return
        if isinstance(self._fault, StorageFull) and not much:
            return
        self._fault = None
        lasted_s = time.monotonic() - self._since_s
        log.info("database works again", after_s=round(lasted_s, 1))
