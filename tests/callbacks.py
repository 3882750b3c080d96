"""What tests pass as a callback that they are not about."""


def ignored(*_: object) -> None:
    """Hear it, and do nothing."""
