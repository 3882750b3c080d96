"""Members' own defaults, and presets."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE


def create() -> None:
    """Create the tables and their indexes."""
    _create_member_settings()
    _create_presets()


def _create_member_settings() -> None:
    op.create_table(
        "member_settings",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("mode", sa.Text()),
        sa.Column("duration_s", sa.Integer()),
        sa.Column("aspect", sa.Text()),
        sa.Column("quality", sa.Text()),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_member_settings"),
        sqlite_strict=True,
    )
    op.create_index("ix_member_settings_user", "member_settings", ["user_id"])


def _create_presets() -> None:
    op.create_table(
        "presets",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text()),
        sa.Column("duration_s", sa.Integer()),
        sa.Column("aspect", sa.Text()),
        sa.Column("quality", sa.Text()),
        sa.PrimaryKeyConstraint("guild_id", "key", name="pk_presets"),
        sqlite_strict=True,
    )
