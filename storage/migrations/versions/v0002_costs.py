"""What jobs are expected to cost, in each job and in the sums, and limits for it."""

from storage.migrations import credit_limits, estimates

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add estimates, fill them for jobs that are under way, and add the limits."""
    estimates.add()
    credit_limits.add()
