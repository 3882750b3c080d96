"""Why intake is paused, so that a restart does not forget it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table of at most one row."""
    op.create_table(
        "intake_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("told_at", WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_intake_pause"),
        sa.CheckConstraint("id = 1", name="ck_intake_pause_single"),
        sa.CheckConstraint("refusals >= 0", name="ck_intake_pause_counters"),
        sqlite_strict=True,
    )
