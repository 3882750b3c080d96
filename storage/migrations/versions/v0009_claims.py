"""A lease and a fence for each kind of work on a job."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("submit", "poll", "delivery", "notice", "status")


def upgrade() -> None:
    """Add the columns. Nothing is claimed."""
    for kind in KINDS:
        op.add_column("jobs", sa.Column(f"{kind}_lease", WHOLE))
        op.add_column(
            "jobs",
            sa.Column(
                f"{kind}_fence",
                WHOLE,
                nullable=False,
                server_default=sa.text("0"),
            ),
        )
