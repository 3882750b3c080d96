"""A host of files that remembers what it was given."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.errors import EvolinkError, FilesUnavailable
from bot.ids import FileId
from bot.pictures.ports import UploadedFile
from bot.pictures.uploads import FILE_LIFE

LOST = FilesUnavailable("the answer was lost")
"""An upload that was taken, and whose answer never came."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    id: FileId
    url: str
    data: bytes
    at: datetime


class ScriptedFiles:
    """Implements `bot.pictures.ports.Files`: well, unless there are scripted answers.

    A file of the same name replaces the earlier one, which has another id and address
    then; each lives for 72 hours.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_name: dict[str, HeldFile] = {}
        self.upload_errors: deque[EvolinkError] = deque()
        self.delete_errors: deque[EvolinkError] = deque()
        self.down: EvolinkError | None = None
        """What every request fails with, while set."""
        self.uploads: list[str] = []
        """The names of all that was uploaded, whatever came of it."""
        self.deletes: list[FileId] = []

    @property
    def held(self) -> dict[str, HeldFile]:
        """The files that live now, by name."""
        now = self._clock.now()
        return {
            name: one for name, one in self._by_name.items() if now - one.at < FILE_LIFE
        }

    def at(self, url: str | None) -> HeldFile | None:
        """Return the living file at an address."""
        return next((one for one in self.held.values() if one.url == url), None)

    async def upload(self, name: str, data: bytes, content_type: str) -> UploadedFile:
        assert content_type == "image/jpeg"
        self.uploads.append(name)
        number = len(self.uploads)
        await asyncio.sleep(0)
        error = self.down
        if error is None and self.upload_errors:
            error = self.upload_errors.popleft()
        if error is not None and error is not LOST:
            raise error
        stored = HeldFile(
            id=FileId(f"file-{number}"),
            url=f"https://files.example/{number}/{name}",
            data=data,
            at=self._clock.now(),
        )
        self._by_name[name] = stored
        await asyncio.sleep(0)
        if error is LOST:
            raise error
        return UploadedFile(file_id=stored.id, url=stored.url)

    async def delete(self, file_id: FileId) -> None:
        self.deletes.append(file_id)
        await asyncio.sleep(0)
        error = self.down
        if error is None and self.delete_errors:
            error = self.delete_errors.popleft()
        if error is not None:
            raise error
        self._by_name = {
            name: one for name, one in self._by_name.items() if one.id != file_id
        }
