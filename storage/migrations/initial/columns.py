"""Types of columns, and partial indexes, on both databases."""

import sqlalchemy as sa
from alembic import op

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


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
