"""Sums by day, what needed a person, and who sees prices."""

from storage.migrations import days_and_events, prices_shown

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the operator's page shows, and who sees prices."""
    days_and_events.add()
    prices_shown.add()
