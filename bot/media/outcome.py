"""How the child process says that it ended."""

from enum import IntEnum


class Outcome(IntEnum):
    """Statuses of the process. Any other is that of a crash."""

    DONE = 0
    WOULD_LOOK_BAD = 10
    NO_VIDEO = 11
    UNREADABLE = 12
    NO_MEMORY = 13
