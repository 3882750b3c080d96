"""What forgetting and erasing need."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE


def create() -> None:
    """Create the tables and their indexes."""
    _create_pseudonym_keys()
    _create_forgettings()
    _create_erasing()


def _create_pseudonym_keys() -> None:
    op.create_table(
        "pseudonym_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_pseudonym_keys"),
        sqlite_strict=True,
    )


def _create_forgettings() -> None:
    op.create_table(
        "forgettings",
        sa.Column("user_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_forgettings"),
        sqlite_strict=True,
    )


def _create_erasing() -> None:
    op.create_table(
        "erasing",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("audit_before", WHOLE),
        sa.Column("guild_id", WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_erasing"),
        sqlite_strict=True,
    )
