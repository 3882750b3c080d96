"""Members' own defaults, presets, and greetings to servers."""

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create three tables. Servers of an older Clapper are not greeted."""
    op.create_table(
        "member_settings",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        *_settings(),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_member_settings"),
        sqlite_strict=True,
    )
    op.create_index("ix_member_settings_user", "member_settings", ["user_id"])
    op.create_table(
        "presets",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *_settings(),
        sa.PrimaryKeyConstraint("guild_id", "key", name="pk_presets"),
        sqlite_strict=True,
    )
    greetings = op.create_table(
        "greetings",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("due_at", WHOLE),
        sa.Column("intended_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_greetings"),
        sa.CheckConstraint("attempts >= 0", name="ck_greetings_attempts"),
        sqlite_strict=True,
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_greetings_due",
        "greetings",
        ["due_at"],
        sqlite_where=due,
        postgresql_where=due,
    )
    if context.config.attributes["revision_before"] is not None:
        # Those that are there when this Clapper is ready for the first time.
        op.bulk_insert(greetings, [{"guild_id": 0, "attempts": 0}])


def _settings() -> list[sa.Column[object]]:
    return [
        sa.Column("mode", sa.Text()),
        sa.Column("duration_s", sa.Integer()),
        sa.Column("aspect", sa.Text()),
        sa.Column("quality", sa.Text()),
    ]
