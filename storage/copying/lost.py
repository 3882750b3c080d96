"""Tells a database that was lost from one that was never made. Blocks."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.errors import StartupError
from storage.copying.beside import beside
from storage.database.address import Address
from storage.database.copies import copies_in


def require_not_lost(url: str, copies: Path) -> None:
    """Refuse to begin anew where a database has been.

    An empty one would know no paid job, and its copies would in time take the place of
    the good ones. `copies` is `storage.backup_dir`. A server's database is not looked
    at.

    Raises:
        StartupError: If there is no database, or an empty file, but its log or a copy.
    """
    address = Address.parse(url)
    database = address.file
    if database is None or not address.has_nothing():
        return
    lost = "gone" if address.is_missing() else "empty"
    automatic: Mapping[datetime, Path] = {}
    with suppress(StartupError):  # where it may not be read, `check` says so
        automatic = copies_in(copies, database)
    if automatic:
        newest = automatic[max(automatic)]
        msg = (
            f"The database {database} is {lost}, but there are copies of it: put the"
            f" newest back with `clapper db restore {newest}`. To begin anew, move the"
            f" copies out of {copies}."
        )
        raise StartupError(msg)
    log = beside(database, "-wal")
    if log.exists():
        msg = (
            f"The database {database} is {lost}, but its log {log} is there: put a copy"
            " back with `clapper db restore`. To begin anew, remove the log."
        )
        raise StartupError(msg)
