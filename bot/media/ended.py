"""How the child process says that it ended."""

from enum import IntEnum


class Ended(IntEnum):
    """Statuses of the process. Any other is that of a crash."""

    WELL = 0
    WOULD_LOOK_BAD = 10
    NO_VIDEO = 11
    UNREADABLE = 12
    NO_MEMORY = 13
