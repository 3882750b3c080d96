"""Callbacks, what the installation has learned, and what the operator is to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


def upgrade() -> None:
    """Add two columns, an index and three tables."""
    op.add_column("jobs", sa.Column("task_hint", sa.Text()))
    op.add_column("jobs", sa.Column("polled_at", WHOLE))
    known = sa.text("callback_hash IS NOT NULL")
    op.create_index(
        "uq_jobs_callback_hash",
        "jobs",
        ["callback_hash"],
        unique=True,
        sqlite_where=known,
        postgresql_where=known,
    )
    op.create_table(
        "facts",
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("fact", name="pk_facts"),
        sqlite_strict=True,
    )
    op.create_table(
        "second_tasks",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("credits", NUMBER),
        sa.Column("seen_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_second_tasks"),
        sa.CheckConstraint("credits >= 0", name="ck_second_tasks_credits"),
        sqlite_strict=True,
    )
    op.create_table(
        "operator_messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("told_at", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operator_messages"),
        sa.CheckConstraint("attempts >= 0", name="ck_operator_messages_counters"),
        sqlite_strict=True,
    )
