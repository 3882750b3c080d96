"""The configured database, as the operator's commands open it: beside a running bot."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.cli.process_lines import AtWork
from bot.clock import SystemClock
from bot.errors import StartupError
from bot.jobs.store import JobStore
from storage.copying import copy as copying, recovered, restore as restoring
from storage.copying.lost import require_not_lost
from storage.database import schema
from storage.database.address import Address
from storage.database.engine import Database
from storage.database.lock import file_held, holder
from storage.jobs.store import SqlJobStore
from storage.processes.listing import claimed_work, processes_on_server
from storage.quotas.checking import wrong_sums


@asynccontextmanager
async def open_store(url: str) -> AsyncGenerator[JobStore]:
    """Open the jobs of an existing database, without the lock that a bot holds.

    Raises:
        StartupError: If there is none, it cannot be opened, or has other tables than
            this program knows.
    """
    async with _open(url) as database:
        yield SqlJobStore(database, listener=None, watcher=None)


async def check(url: str) -> None:
    """Compare what is kept with what everything adds up to, beside a running bot.

    Raises:
        StartupError: If it is not the same, or as `open_store` says.
    """
    async with _open(url) as database:
        wrong = await wrong_sums(database)
    if wrong:
        found = ", ".join(f"{name}: {number}" for name, number in wrong.items())
        msg = f"The sums of the database are wrong ({found})."
        raise StartupError(msg)


async def at_work(url: str) -> AtWork:
    """Find out who works on the database, and on what.

    Raises:
        StartupError: As `open_store` says.
    """
    async with _open(url) as database:
        claimed = await claimed_work(database, SystemClock().now())
        is_file = Address.parse(url).file is not None
        return AtWork(
            processes=[] if is_file else await processes_on_server(database),
            file_holder=holder(url),
            claimed=claimed,
        )


@asynccontextmanager
async def _open(url: str) -> AsyncGenerator[Database]:
    _demand_existing(url)
    await schema.require_newest(url)
    async with Database.open(url, may_write=None) as database:
        yield database


async def upgrade(url: str, copies: Path) -> bool:
    """Bring the tables up to date; return whether they were not.

    `copies` is where a lost database would have its copies.

    Raises:
        StartupError: If a bot works on the database, it was lost, or it cannot be done.
    """
    with file_held(url):
        await asyncio.to_thread(require_not_lost, url, copies)
        return await schema.upgrade(url)


async def backup(url: str, to: Path) -> None:
    """Copy an existing database into a new file.

    Raises:
        StartupError: If there is no database, or the copy cannot be made.
    """
    _demand_existing(url)
    await schema.backup(url, to)


async def restore(url: str, source: Path) -> restoring.Restored:
    """Put a copy in the place of the database.

    Raises:
        StartupError: If a bot works on it, or it cannot be done.
    """
    now = SystemClock().now()
    return await asyncio.to_thread(restoring.restore, url, source, now)


async def mark_recovered(url: str) -> int:
    """Mark what is open in a database that was restored by other means.

    Raises:
        StartupError: If a bot works on it, or it cannot be done.
    """
    _demand_existing(url)
    return await recovered.mark_recovered(url, SystemClock().now())


async def copy(source: str, target: str, say: Callable[[str], None]) -> None:
    """Copy an installation into an empty database, telling how far it has come.

    Raises:
        StartupError: If a bot works on one of them, or it cannot be done.
    """
    _demand_existing(source, "--from")
    Address.parse(target, "--to")
    await copying.copy(source, target, say)


def _demand_existing(url: str, option: str = "storage.url") -> None:
    """Refuse to make a new database where an operator looks for an old one.

    A mistyped path would show an empty list, or back up nothing.
    """
    address = Address.parse(url, option)
    if address.is_missing():
        msg = f"There is no database {address.file} ({option})."
        raise StartupError(msg)
