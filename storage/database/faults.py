"""Which errors of a driver are the database's own trouble, and what to call them.

An error that is not among them, such as a broken constraint, is a fault of ours.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError

from bot.errors import StorageBroken, StorageBusy, StorageError, StorageFull

_PRIMARY = 0xFF
"""The low byte of SQLite's extended result codes (SQLite docs: Result Codes)."""
_WRITING_FORBIDDEN = sqlite3.SQLITE_READONLY
"""Of a file that may not be written, and of a connection for reading."""
_SQLITE: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_BUSY: StorageBusy,
    sqlite3.SQLITE_LOCKED: StorageBusy,
    sqlite3.SQLITE_PROTOCOL: StorageBusy,
    sqlite3.SQLITE_FULL: StorageFull,
    # The memory that readers and the writer share is a file, too.
    sqlite3.SQLITE_IOERR_SHMSIZE: StorageFull,
    sqlite3.SQLITE_IOERR: StorageBroken,
    sqlite3.SQLITE_READONLY: StorageBroken,
    sqlite3.SQLITE_CANTOPEN: StorageBroken,
    sqlite3.SQLITE_PERM: StorageBroken,
    sqlite3.SQLITE_NOLFS: StorageBroken,
    sqlite3.SQLITE_CORRUPT: StorageBroken,
    sqlite3.SQLITE_NOTADB: StorageBroken,
}
_SQLSTATES: dict[str, type[StorageError]] = {
    "53100": StorageFull,  # disk_full
    "25006": StorageBroken,  # read_only_sql_transaction
    "58030": StorageBroken,  # io_error
    "XX001": StorageBroken,  # data_corrupted
    "XX002": StorageBroken,  # index_corrupted
    "40001": StorageBusy,  # serialization_failure
    "40P01": StorageBusy,  # deadlock_detected
    "55P03": StorageBusy,  # lock_not_available
    "57014": StorageBusy,  # query_canceled, by a time-out of the server
}
_SQLSTATE_CLASSES: dict[str, type[StorageError]] = {
    "08": StorageBusy,  # connection exceptions
    "53": StorageBusy,  # insufficient resources, such as too many connections
    "57": StorageBusy,  # operator intervention, such as a shutdown
}


def storage_error(error: BaseException, *, writing: bool) -> StorageError | None:
    """Return what an error of the driver means, or None if it is a fault of ours.

    What is a `StorageError` already is returned as it is. A work that tries to write
    where it may only read is a fault of ours.
    """
    if isinstance(error, StorageError):
        return error
    own = error.orig if isinstance(error, DBAPIError) else error
    kind = _kind(own)
    if not writing and getattr(own, "sqlite_errorcode", None) == _WRITING_FORBIDDEN:
        return None
    if kind is None and _is_of_connection(error, own):
        kind = StorageBusy
    return None if kind is None else kind(_reason(own))


def _kind(error: BaseException | None) -> type[StorageError] | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if not isinstance(code, int):
            return None
        return _SQLITE.get(code) or _SQLITE.get(code & _PRIMARY)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _SQLSTATES.get(state) or _SQLSTATE_CLASSES.get(state[:2])
    return None


def _is_of_connection(error: BaseException, own: BaseException | None) -> bool:
    """Whether a connection failed, and the server may not even know of it."""
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return broken or isinstance(own, ConnectionError | TimeoutError)


def _reason(error: BaseException | None) -> str:
    return str(error) or type(error).__name__
