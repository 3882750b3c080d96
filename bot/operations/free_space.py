"""How much room is left where we write."""

import shutil
from collections.abc import Mapping
from pathlib import Path

LOW_BYTES = 500 * 1024 * 1024
"""What is left is nearly nothing; the alert ClapperDiskFull fires below it, too."""


class FreeSpace:
    """Asks the file system. Each question may take as long as the disk does."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        """Keep which folders to ask about, by what to call them."""
        self._places = places

    def bytes_left(self) -> Mapping[str, int]:
        """Return how many bytes can still be written; nothing of what fails."""
        found: dict[str, int] = {}
        for name, folder in self._places.items():
            try:
                found[name] = shutil.disk_usage(folder).free
            except OSError:
                continue
        return found
