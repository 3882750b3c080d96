"""The tables of forgetting: keys of pseudonyms, and what may be erased just now."""

from sqlalchemy import Column, Table, Text

from storage.tables.column_types import Instant, WholeNumber
from storage.tables.metadata import metadata

pseudonym_keys = Table(
    "pseudonym_keys",
    metadata,
    # At most one, kept for as long as any pseudonym made with it.
    Column("key", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
    sqlite_strict=True,
)

forgettings = Table(
    "forgettings",
    metadata,
    # Who asked to be forgotten, while there is more of it than one transaction takes.
    Column("user_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

erasing = Table(
    "erasing",
    metadata,
    # What the triggers let be deleted: a row is here within one transaction only.
    Column("id", WholeNumber, primary_key=True),
    Column("audit_before", Instant),
    Column("guild_id", WholeNumber),
    sqlite_strict=True,
)
