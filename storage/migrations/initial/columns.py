"""Types of columns, and partial indexes, on both databases."""

from typing import Any

import sqlalchemy as sa
from alembic import op

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


def lease_columns(prefix: str = "") -> list[sa.Column[Any]]:
    """Return the columns that say until when a row is claimed, and how often it was."""
    return [
        sa.Column(f"{prefix}lease", WHOLE),
        sa.Column(f"{prefix}fence", WHOLE, nullable=False, server_default=sa.text("0")),
    ]


def partial_index(
    name: str, table: str, *columns: str, where: str, unique: bool = False
) -> None:
    """Create an index of the rows for which a condition is true."""
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
