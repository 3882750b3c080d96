"""The time by a database server's clock, for its own SQL; a file has no clock."""

from datetime import datetime

from sqlalchemy import ColumnElement, literal_column

from storage.tables.column_types import Instant


def server_time(offset_s: int = 0) -> ColumnElement[datetime]:
    """Return SQL for the time so many seconds after now, as an `Instant` is kept."""
    micros = f"CAST(extract(epoch FROM now()) * 1000000 AS bigint) + {offset_s}000000"
    return literal_column(f"({micros})", type_=Instant())
