"""Sums by day, and what needed a person."""

from storage.migrations import days_and_events

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the operator's page shows."""
    days_and_events.add()
