"""Files that are being written, under names that nobody takes for whole ones."""

import secrets
from pathlib import Path

PART_SUFFIX = ".part"
"""The spool removes files of that name that an interrupted process has left."""


def part_of(whole: Path) -> Path:
    """Name a file beside `whole` that is to take its name in the end.

    Another process may write the same file in the same folder.
    """
    return whole.with_name(f"{whole.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
