"""The automatic copies of a SQLite file: a folder of files named by their times.

Implements `bot.operations.backup_worker.Copies`.
"""

import asyncio
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from bot.errors import StartupError
from storage.database import backups

_TIME = "%Y%m%dT%H%M%S%z"


THREAD = "copy"
LOWEST_PRIORITY = 19


class FileCopies:
    """Copies of one file, of which the newest `keep` are kept.

    No other file of the folder is touched.
    """

    def __init__(self, file: Path, folder: Path, *, keep: int) -> None:
        self._file = file
        self._folder = folder
        self._keep = keep

    async def latest(self) -> datetime | None:
        """Return when the newest complete copy was made; None = there is none."""
        found = await asyncio.to_thread(copies_in, self._folder, self._file)
        return max(found) if found else None

    async def make(self, at: datetime) -> None:
        """Make another copy, check it, and then remove the oldest ones."""
        stopping = Event()
        # Not one of the threads that others use: it keeps its low priority.
        thread = ThreadPoolExecutor(1, thread_name_prefix=THREAD, initializer=_give_way)
        making = asyncio.get_running_loop().run_in_executor(
            thread, self._make, at, stopping
        )
        try:
            await making
        except asyncio.CancelledError:
            # The program ends within seconds; a large copy takes longer.
            stopping.set()
            raise
        finally:
            thread.shutdown(wait=False)

    def _make(self, at: datetime, stopping: Event) -> None:
        name = f"{self._file.stem}-{at.astimezone(UTC).strftime('%Y%m%dT%H%M%SZ')}.db"
        pattern = _names(self._file)
        try:
            # Of a process that was killed.
            for part in self._folder.glob(f"*{backups.PART}"):
                if pattern.fullmatch(part.name.removesuffix(backups.PART)):
                    part.unlink(missing_ok=True)
        except OSError as error:
            msg = f"The folder {self._folder} cannot be used: {error.strerror}."
            raise StartupError(msg) from error
        backups.copy_checked(self._file, self._folder / name, stopping)
        found = copies_in(self._folder, self._file)
        try:
            for old in sorted(found, reverse=True)[self._keep :]:
                found[old].unlink(missing_ok=True)
        except OSError as error:
            msg = f"Old copies in {self._folder} cannot be removed: {error.strerror}."
            raise StartupError(msg) from error


def copies_in(folder: Path, file: Path) -> dict[datetime, Path]:
    """Return the complete automatic copies of a database, by their times. Blocks.

    Raises:
        StartupError: If the folder cannot be read.
    """
    try:
        others = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        msg = f"The folder {folder} cannot be read: {error.strerror}."
        raise StartupError(msg) from error
    pattern = _names(file)
    return {
        datetime.strptime(match[1], _TIME).astimezone(UTC): other
        for other in others
        if (match := pattern.fullmatch(other.name))
    }


def _names(file: Path) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(file.stem)}-(\d{{8}}T\d{{6}}Z)\.db")


def _give_way() -> None:
    """Let this thread use what time others leave, where threads have priorities."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
