"""What counts against limits, and the limits."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import NUMBER, WHOLE, partial_index


def create() -> None:
    """Create the tables and their indexes."""
    _create_ledger()
    _create_limits()
    _create_resets()


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE),
        sa.Column("job_id", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("videos", sa.Integer(), nullable=False),
        sa.Column("own_videos", sa.Integer(), nullable=False),
        sa.Column("grants", sa.Integer(), nullable=False),
        sa.Column("credits", NUMBER),
        sa.Column("counted_at", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("job_id", "kind", name="uq_ledger_job_id_kind"),
        sa.CheckConstraint("credits >= 0", name="ck_ledger_credits"),
        sa.CheckConstraint(
            "CASE kind WHEN 'reserve' THEN videos = 1 AND own_videos - grants = 1"
            " AND own_videos IN (0, 1) WHEN 'settle' THEN videos = 0 AND own_videos"
            " = 0 AND grants = 0 WHEN 'release' THEN videos IN (0, -1) AND"
            " own_videos IN (0, -1) AND grants IN (0, 1) WHEN 'reset' THEN videos ="
            " 0 AND own_videos = -1 AND grants = 0 WHEN 'reset_all' THEN videos = -1"
            " AND own_videos IN (0, -1) AND grants = 0 WHEN 'grant' THEN videos = 0"
            " AND own_videos = 0 AND grants <> 0 ELSE 0 = 1 END",
            name="ck_ledger_videos",
        ),
        sa.CheckConstraint("(kind = 'grant') = (job_id IS NULL)", name="ck_ledger_job"),
        sqlite_strict=True,
    )
    partial_index(
        "uq_ledger_closing",
        "ledger",
        "job_id",
        where="kind IN ('settle', 'release')",
        unique=True,
    )
    partial_index(
        "ix_ledger_grants",
        "ledger",
        "guild_id",
        "user_id",
        "grants",
        where="grants <> 0",
    )
    partial_index(
        "ix_ledger_guild",
        "ledger",
        "guild_id",
        "counted_at",
        "videos",
        where="videos <> 0",
    )
    partial_index(
        "ix_ledger_member",
        "ledger",
        "guild_id",
        "user_id",
        "counted_at",
        "own_videos",
        where="own_videos <> 0",
    )
    op.create_index("ix_ledger_user", "ledger", ["user_id", "guild_id", "id"])


def _create_limits() -> None:
    op.create_table(
        "limits",
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_id", WHOLE, nullable=False),
        sa.Column("per_day", sa.Integer()),
        sa.Column("per_month", sa.Integer()),
        sa.Column("at_once", sa.Integer()),
        sa.Column("cooldown_s", sa.Integer()),
        sa.PrimaryKeyConstraint("guild_id", "scope", "subject_id", name="pk_limits"),
        sa.CheckConstraint(
            "CASE scope WHEN 'server' THEN subject_id = 0 AND cooldown_s IS NULL"
            " WHEN 'members' THEN subject_id = 0 WHEN 'role' THEN subject_id > 0"
            " WHEN 'member' THEN subject_id > 0 ELSE 0 = 1 END",
            name="ck_limits_scope",
        ),
        sa.CheckConstraint(
            "per_day >= -1 AND per_month >= -1 AND at_once >= -1 AND cooldown_s >= -1",
            name="ck_limits_values",
        ),
        sqlite_strict=True,
    )


def _create_resets() -> None:
    op.create_table(
        "resets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE),
        sa.Column("actor_id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("videos", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resets"),
        sqlite_strict=True,
    )
