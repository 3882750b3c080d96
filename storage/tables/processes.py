"""The processes that share the database, and their shards. On SQLite: no rows."""

from sqlalchemy import Column, Table, Text, text

from storage.tables.column_types import Instant, JsonText, WholeNumber
from storage.tables.metadata import metadata

DEAD_AFTER_S = 20
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
    # 1 = it ends, and takes no shard again.
    Column("leaving", WholeNumber, nullable=False, server_default=text("0")),
    # What it had in progress when last seen: numbers by the names of its workers.
    Column("work", JsonText, nullable=False, server_default=text("'{}'")),
    sqlite_strict=True,
)

shards = Table(
    "shards",
    metadata,
    Column("shard_id", WholeNumber, primary_key=True, autoincrement=False),
    # NULL = nobody holds it. Who holds one whose time is up does so no more.
    Column("holder", Text),
    Column("fence", WholeNumber, nullable=False),
    # By the server's clock.
    Column("until", Instant),
    # How to go on with the session of the last holder.
    Column("session_id", Text),
    Column("resume_url", Text),
    Column("sequence", WholeNumber),
    sqlite_strict=True,
)

identify_slots = Table(
    "identify_slots",
    metadata,
    Column("bucket", WholeNumber, primary_key=True, autoincrement=False),
    # When the next session may begin, by the server's clock.
    Column("next_at", Instant, nullable=False),
    sqlite_strict=True,
)
