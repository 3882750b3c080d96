"""The configured database, as the operator's commands open it: beside a running bot."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from storage.jobs import SqlJobStore

from bot.config import Storage
from bot.errors import StartupError
from bot.ports import JobStore
from storage.address import Address
from storage.engine import Database


def demand_existing(settings: Storage) -> None:
    """Refuse to make a new database where an operator looks for an old one.

    Raises:
        StartupError: If there is no file; a mistyped path would show an empty list.
    """
    address = Address.parse(settings.url)
    if address.file is not None and not address.file.exists():
        msg = f"There is no database at {address.file} (storage.url)."
        raise StartupError(msg)


@asynccontextmanager
async def open_store(settings: Storage) -> AsyncGenerator[JobStore]:
    """Open the jobs of an existing database, without the lock that a bot holds.

    Raises:
        StartupError: If there is none, or it cannot be opened.
    """
    demand_existing(settings)
    async with Database.open(settings.url) as database:
        yield SqlJobStore(database)
