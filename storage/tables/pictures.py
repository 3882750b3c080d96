"""The table of pictures that clips begin with, for as long as their jobs need them."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text

from storage.tables.column_types import Instant
from storage.tables.metadata import metadata

pictures = Table(
    "pictures",
    metadata,
    # No foreign key: the row of a job that has been erased is needed until its file at
    # EvoLink is deleted.
    Column("job_id", Text, primary_key=True),
    # Set before an upload leaves: from then on there may be a file at EvoLink.
    Column("upload_intended_at", Instant),
    # NULL = it is not known, because the answer to the latest upload never came.
    Column("file_id", Text),
    # When to try again to delete that file; NULL = it was not tried yet.
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    # A JPEG; NULL = erased, because nobody needs it any more.
    Column("data", LargeBinary),
    CheckConstraint("attempts >= 0", name="attempts"),
    sqlite_strict=True,
)
