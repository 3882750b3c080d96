"""What jobs are expected to cost, in each job and in the sums."""

from storage.migrations import estimates

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the estimate to jobs, and fill it for those that are under way."""
    estimates.add()
