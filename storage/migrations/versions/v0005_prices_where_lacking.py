"""Who sees prices, for databases that have had v0003 since before it brought that."""

from alembic import op
from sqlalchemy import inspect

from storage.migrations import prices_shown

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what v0003 adds by now, where it did not."""
    columns = inspect(op.get_bind()).get_columns("jobs")
    if "shows_price" not in {column["name"] for column in columns}:
        prices_shown.add()
