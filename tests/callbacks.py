"""What tests pass as a callback that they are not about."""


def ignored(*_: object) -> None:
    """Hear it, and do nothing."""


async def nothing() -> bytes:
    """Make an empty page."""
    return b""
