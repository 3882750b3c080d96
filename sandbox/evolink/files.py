"""The files that customers have uploaded, and when they die. Knows no HTTP."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.refusals import Refusal

LIFE_S = 72 * 3600.0
"""How long a file lives, on the clock. Source: EvoLink docs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file. Times are unix seconds on the stand-in's clock."""

    id: str
    owner: str
    """The key it was uploaded with."""
    folder: str
    name: str
    original_name: str
    mime_type: str
    """By its first bytes, whatever the upload said."""
    data: bytes
    uploaded_at: float

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/files/{self.folder}/{self.name}"

    @property
    def expires_at(self) -> float:
        """When it dies."""
        return self.uploaded_at + LIFE_S


class FileBook(Mapping[str, StoredFile]):
    """The files that live now, by id, oldest first."""

    def __init__(self, clock: MovableClock, config: EvolinkConfig) -> None:
        self._clock = clock
        self._config = config
        self._by_path: dict[str, StoredFile] = {}
        self._random = random.Random()  # noqa: S311 - ids of a stand-in
        self._deleted_listeners: list[Callable[[StoredFile], None]] = []
        self.uploads = 0
        """How many were ever taken."""

    def __getitem__(self, file_id: str) -> StoredFile:
        return {one.id: one for one in self._living()}[file_id]

    def __iter__(self) -> Iterator[str]:
        return (one.id for one in self._living())

    def __len__(self) -> int:
        return len(self._living())

    def at(self, path: str) -> StoredFile | None:
        """Return the living file that is served under a path."""
        stored = self._by_path.get(path)
        return stored if stored is not None and self._lives(stored) else None

    def store(
        self,
        *,
        owner: str,
        folder: str,
        name: str,
        original_name: str,
        mime_type: str,
        data: bytes,
    ) -> StoredFile:
        """Keep a file, in the place of the one of that name in that folder.

        Raises:
            Refusal: If the account holds as many as it may.
        """
        stored = StoredFile(
            id=f"file_{self._random.getrandbits(96):024x}",
            owner=owner,
            folder=folder,
            name=name,
            original_name=original_name,
            mime_type=mime_type,
            data=data,
            uploaded_at=self._clock.now(),
        )
        others = [one for one in self._living() if one.path != stored.path]
        if len(others) >= self._config.most_files:
            raise Refusal("40003")
        # The new one comes last, also where it replaces one.
        self._by_path = {one.path: one for one in (*others, stored)}
        self.uploads += 1
        return stored

    def delete(self, file_id: str, owner: str) -> bool:
        """Delete a living file. Returns whether this owner had it."""
        stored = self.get(file_id)
        if stored is None or stored.owner != owner:
            return False
        del self._by_path[stored.path]
        for listener in self._deleted_listeners:
            listener(stored)
        return True

    def when_deleted(self, listener: Callable[[StoredFile], None]) -> None:
        """Call `listener` with every file that its owner deletes."""
        self._deleted_listeners.append(listener)

    def _living(self) -> list[StoredFile]:
        return [one for one in self._by_path.values() if self._lives(one)]

    def _lives(self, stored: StoredFile) -> bool:
        return self._clock.now() < stored.expires_at
