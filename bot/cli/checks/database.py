"""Whether the database can be opened, and brought up to date if it is not."""

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bot.cli.checks.finding import Finding, bad, good
from bot.config import Storage
from bot.errors import StartupError
from storage.copying.lost import require_not_lost
from storage.database import schema
from storage.database.address import Address


async def database_findings(settings: Storage) -> AsyncIterator[Finding]:
    """Yield the database's condition. Creates none, and leaves an old one as it is."""
    try:
        address = Address.parse(settings.url)
        require_not_lost(settings.url, settings.backup_dir)
        if address.file is not None and address.is_missing():
            yield _of_no_file(address.file)
            return
        if address.has_nothing():
            yield good(
                f"The database {address.name} is an empty file; the first start makes"
                " its tables."
            )
            return
        revision, newest = await schema.current(settings.url), schema.newest()
        if revision == newest:
            yield good(f"The database {address.name} is up to date.")
            return
        if revision is not None:
            schema.require_known(revision, address)
        if address.file is not None:
            await _rehearse(settings.url)
    except StartupError as error:
        yield bad(str(error))
    else:
        yield good(
            f"The database {address.name} will be brought from revision "
            f"{revision or 'none'} to {newest} at the next start."
        )


def _of_no_file(file: Path) -> Finding:
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return good(f"There is no database yet; the first start makes {file}.")
    return bad(f"The database {file} cannot be made: {folder} cannot be written to.")


async def _rehearse(url: str) -> None:
    """Migrate a copy: whether a migration succeeds shows only when it is tried."""
    with tempfile.TemporaryDirectory(prefix="clapper-check-") as folder:
        copy = Path(folder) / "copy.db"
        await schema.backup(url, copy)
        await schema.upgrade(f"sqlite:///{copy}")
