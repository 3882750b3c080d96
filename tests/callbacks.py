"""What tests pass as a callback that they are not about."""


def ignored(*_: object) -> None:
    """Hear it, and do nothing."""


def alone() -> int:
    """Say that there is one process."""
    return 1


def holding() -> bool:
    """Say that the seat is ours."""
    return True


async def nothing() -> bytes:
    """Make an empty page."""
    return b""


class NoHistory:
    """Keeps no event for the operator's page."""

    async def note(self, *_: object) -> None:
        """Hear it, and do nothing."""
