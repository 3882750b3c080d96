"""The tables of the first release."""

from storage.migrations.initial import (
    jobs,
    moderation,
    operations,
    privacy,
    processes,
    quotas,
    requests,
    servers,
    sums,
    triggers,
    wakeups,
)

# Databases from before the first release had revisions 0001 to 0008.
revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables, and what keeps the ledger and the audit append-only."""
    jobs.create()
    quotas.create()
    servers.create()
    moderation.create()
    requests.create()
    operations.create()
    privacy.create()
    sums.create()
    processes.create()
    triggers.create()
    wakeups.create()
