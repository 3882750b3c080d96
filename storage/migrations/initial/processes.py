"""The processes that share the database."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE


def create() -> None:
    """Create the tables."""
    op.create_table(
        "processes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", WHOLE, nullable=False),
        sa.Column("seen_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
        sqlite_strict=True,
    )
    op.create_table(
        "shards",
        sa.Column("shard_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("holder", sa.Text()),
        sa.Column("fence", WHOLE, nullable=False),
        sa.Column("until", WHOLE),
        sa.Column("session_id", sa.Text()),
        sa.Column("resume_url", sa.Text()),
        sa.Column("sequence", WHOLE),
        sa.PrimaryKeyConstraint("shard_id", name="pk_shards"),
        sqlite_strict=True,
    )
    op.create_table(
        "identify_slots",
        sa.Column("bucket", WHOLE, nullable=False, autoincrement=False),
        sa.Column("next_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_identify_slots"),
        sqlite_strict=True,
    )
