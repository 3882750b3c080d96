"""Pictures, several models, and what jobs are expected to cost, with limits for it."""

from storage.migrations import credit_limits, estimates, pictures_and_models

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what pictures and models need; then estimates, filled, and their limits."""
    pictures_and_models.add()
    estimates.add()
    credit_limits.add()
