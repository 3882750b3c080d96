"""Pictures that clips begin with."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE


def create() -> None:
    """Create the table."""
    op.create_table(
        "pictures",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("upload_intended_at", WHOLE),
        sa.Column("file_id", sa.Text()),
        sa.Column("due_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("job_id", name="pk_pictures"),
        sa.CheckConstraint("attempts >= 0", name="ck_pictures_attempts"),
        sqlite_strict=True,
    )
