"""What each process has in progress, for `clapper processes`."""

from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add how much work a process has in progress, as it said at its last heartbeat."""
    op.execute("ALTER TABLE processes ADD COLUMN work TEXT DEFAULT '{}' NOT NULL")
