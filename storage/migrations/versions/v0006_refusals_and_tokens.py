"""How often Discord refused a job's message, and which tokens are still kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, and the index that finds tokens to erase."""
    op.add_column(
        "jobs",
        sa.Column(
            "refusals", sa.Integer(), nullable=False, server_default=sa.text("0")
        ),
    )
    kept = sa.text("interaction_token IS NOT NULL")
    op.create_index(
        "ix_jobs_tokens",
        "jobs",
        ["requested_at"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
