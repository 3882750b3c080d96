"""The table of pictures that clips begin with, for as long as their jobs need them."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text

from storage.tables.column_types import Instant
from storage.tables.leases import lease_columns
from storage.tables.metadata import metadata

pictures = Table(
    "pictures",
    metadata,
    # No foreign key: the row of a job that has been erased is needed until its file at
    # EvoLink is deleted.
    Column("job_id", Text, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    # What its file at EvoLink is called; NULL = it was never to be uploaded.
    Column("file_name", Text),
    # Set before the first upload leaves: from then on there may be a file.
    Column("upload_intended_at", Instant),
    Column("uploaded_at", Instant),
    Column("file_id", Text),
    Column("url", Text),
    # When to try again to delete that file; NULL = it was not tried yet.
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    *lease_columns(),
    # A JPEG; NULL = erased, because nobody needs it any more.
    Column("data", LargeBinary),
    CheckConstraint("width > 0 AND height > 0", name="size"),
    CheckConstraint("attempts >= 0", name="attempts"),
    sqlite_strict=True,
)
