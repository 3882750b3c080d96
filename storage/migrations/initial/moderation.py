"""Settings of moderation, blocks, reports and cards."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE, lease_columns, partial_index


def create() -> None:
    """Create the tables and their indexes."""
    _create_moderation()
    _create_guild_logs()
    _create_blocks()
    _create_reports()
    _create_cards()


def _create_moderation() -> None:
    op.create_table(
        "moderation",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("spicy_role_ids", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("review_channel_id", WHOLE),
        sa.Column("log_channel_id", WHOLE),
        sa.PrimaryKeyConstraint("guild_id", name="pk_moderation"),
        sa.CheckConstraint(
            "policy IN ('off', 'restricted', 'review')", name="ck_moderation_policy"
        ),
        sqlite_strict=True,
    )


def _create_guild_logs() -> None:
    op.create_table(
        "guild_logs",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("audit_id", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE),
        sa.Column("intended_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        *lease_columns(),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guild_logs"),
        sa.CheckConstraint(
            "attempts >= 0 AND refusals >= 0", name="ck_guild_logs_counters"
        ),
        sqlite_strict=True,
    )
    partial_index(
        "ix_guild_logs_due", "guild_logs", "due_at", where="due_at IS NOT NULL"
    )


def _create_blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("until", WHOLE),
        sa.Column("reason", sa.Text()),
        sa.Column("blocked_by", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_blocks"),
        sqlite_strict=True,
    )
    partial_index("ix_blocks_until", "blocks", "until", where="until IS NOT NULL")
    op.create_index("ix_blocks_user", "blocks", ["user_id"])


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("reporter_id", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "job_id", "reporter_id", name="uq_reports_job_id_reporter_id"
        ),
        sa.CheckConstraint(
            "state IN ('open', 'removed', 'dismissed')", name="ck_reports_state"
        ),
        sqlite_strict=True,
    )
    partial_index("ix_reports_reasons", "reports", "at", where="reason <> ''")
    op.create_index("ix_reports_reporter", "reports", ["reporter_id", "id"])


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text()),
        sa.Column("channel_id", WHOLE, nullable=False),
        sa.Column("message_id", WHOLE),
        sa.Column("due_at", WHOLE),
        sa.Column("intended_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *lease_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.CheckConstraint(
            "kind IN ('review', 'report', 'operator_report', 'removal')",
            name="ck_cards_kind",
        ),
        sa.CheckConstraint("attempts >= 0", name="ck_cards_attempts"),
        sqlite_strict=True,
    )
    partial_index("ix_cards_due", "cards", "due_at", where="due_at IS NOT NULL")
    op.create_index("ix_cards_job", "cards", ["job_id"])
