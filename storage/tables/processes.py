"""The processes that share the database. On SQLite there is only one, and no row."""

from sqlalchemy import Column, Table, Text

from storage.tables.column_types import Instant
from storage.tables.metadata import metadata

DEAD_AFTER_S = 15
"""A process that was not seen for so long, by the server's clock, is dead."""

processes = Table(
    "processes",
    metadata,
    Column("id", Text, primary_key=True),
    # "PID on HOST", for people.
    Column("name", Text, nullable=False),
    # What all its sessions at the server are called.
    Column("session", Text, nullable=False),
    Column("version", Text, nullable=False),
    # Both by the server's clock.
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    sqlite_strict=True,
)
