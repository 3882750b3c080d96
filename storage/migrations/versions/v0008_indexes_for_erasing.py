"""Indexes for what is erased in time, and for one person's rows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes. On a million jobs that takes some seconds."""
    op.create_index("ix_jobs_user", "jobs", ["user_id"])
    op.create_index("ix_ledger_user", "ledger", ["user_id", "guild_id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_actor", "audit", ["actor_id"])
    op.create_index("ix_audit_about", "audit", ["subject"])
    op.create_index("ix_reports_reporter", "reports", ["reporter_id"])
    op.create_index("ix_blocks_user", "blocks", ["user_id"])
    _create_partial("ix_reports_reasons", "reports", "at", "reason <> ''")
    _create_partial("ix_blocks_until", "blocks", "until", "until IS NOT NULL")


def _create_partial(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, [column], sqlite_where=condition, postgresql_where=condition
    )
