"""What the installation has learned, and what its operator is told."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import NUMBER, WHOLE, lease_columns


def create() -> None:
    """Create the tables and their indexes."""
    _create_facts()
    _create_second_tasks()
    _create_intake_pause()
    _create_told_outage()
    _create_operator_messages()


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("fact", name="pk_facts"),
        sqlite_strict=True,
    )


def _create_second_tasks() -> None:
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


def _create_intake_pause() -> None:
    op.create_table(
        "intake_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("told_at", WHOLE),
        sa.Column("probe_at", WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_intake_pause"),
        sa.CheckConstraint("id = 1", name="ck_intake_pause_single"),
        sa.CheckConstraint("refusals >= 0", name="ck_intake_pause_counters"),
        sqlite_strict=True,
    )


def _create_told_outage() -> None:
    op.create_table(
        "told_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_outage"),
        sa.CheckConstraint("id = 1", name="ck_told_outage_single"),
        sqlite_strict=True,
    )


def _create_operator_messages() -> None:
    op.create_table(
        "operator_messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("told_at", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *lease_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_operator_messages"),
        sa.CheckConstraint("attempts >= 0", name="ck_operator_messages_counters"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
