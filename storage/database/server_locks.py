"""The advisory locks of a database server that belong to Clapper.

A lock is two numbers, the same for every Clapper, since locks are a database's own.
Seats have the numbers from 1: see `storage.processes.statements`.
"""

from typing import Final

from sqlalchemy import Connection, text

CLASS: Final = int.from_bytes(b"Clap")
"""The first number of all of them."""
MIGRATING: Final = 100
"""Only one process at a time changes the tables."""
SETTLING_SHARDS: Final = 101
"""Only one at a time changes how many shards there are."""

_LOCK = text("SELECT pg_advisory_xact_lock(:class, :key)")


def lock_until_commit(connection: Connection, key: int) -> None:
    """Wait until no other transaction has a lock, and take it."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"class": CLASS, "key": key})
