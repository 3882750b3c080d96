"""A store some of whose writes fail, as they do where a disk is full."""

from typing import Any

from bot.errors import StorageError, StorageFull
from bot.jobs.store import JobStore
from bot.requests.admission import AdmissionStore
from storage.database.engine import Database
from tests.stores import admission_store, job_store


class TroubledDatabase:
    """Lets everything through to a real one, but for the writes that a test names."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.coming: list[bool] = []
        """Whether each of the next writes fails; those after them do not."""
        self.error: StorageError = StorageFull("database or disk is full")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, *args: Any) -> Any:
        self._fail_in_turn()
        return await self._database.write(*args)

    async def write_and_tell(self, *args: Any) -> Any:
        self._fail_in_turn()
        return await self._database.write_and_tell(*args)

    def _fail_in_turn(self) -> None:
        if self.coming and self.coming.pop(0):
            raise self.error


def troubled_store(database: TroubledDatabase) -> JobStore:
    # It is one, but for its trouble.
    return job_store(database)  # type: ignore[arg-type]


def troubled_decisions(database: TroubledDatabase) -> AdmissionStore:
    return admission_store(database)  # type: ignore[arg-type]
