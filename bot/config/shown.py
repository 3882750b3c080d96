"""What a fault may show of what people wrote: never a secret, never two lines."""

from pathlib import Path

SHOWN_CHARS = 120
"""Of a stranger's name in a sentence: enough to find it by, and still one line."""
SHORTER_THAN_A_SECRET = 24
"""Characters. Neither Discord's tokens nor EvoLink's keys are that short."""


def printable(name: str) -> str:
    """Return a stranger's name fit for one line: no control characters, not long."""
    shown = "".join(char if char.isprintable() else "?" for char in name)
    return shown if len(shown) <= SHOWN_CHARS else f"{shown[:SHOWN_CHARS]}..."


def shown_path(path: Path) -> str | None:
    """Return a file's name; None where it may be a secret, in the wrong place."""
    name = str(path)
    if len(name) <= SHORTER_THAN_A_SECRET or len(path.parts) > 1 or _exists(path):
        return printable(name)
    return None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a name, or none at all
        return False
