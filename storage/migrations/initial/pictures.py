"""Pictures that clips begin with."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE, lease_columns


def create() -> None:
    """Create the table."""
    op.create_table(
        "pictures",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text()),
        sa.Column("upload_intended_at", WHOLE),
        sa.Column("uploaded_at", WHOLE),
        sa.Column("file_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("due_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *lease_columns(),
        sa.Column("data", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("job_id", name="pk_pictures"),
        sa.CheckConstraint("width > 0 AND height > 0", name="ck_pictures_size"),
        sa.CheckConstraint("attempts >= 0", name="ck_pictures_attempts"),
        sqlite_strict=True,
    )
