"""Moderation settings, blocks, reports, cards; and what erasing needs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Erasing names what it is about in `erasing`, within its transaction; see
# storage/privacy/retention.py.
_TRIGGERS = (
    "DROP TRIGGER ledger_is_never_shortened",
    "DROP TRIGGER audit_is_never_shortened",
    """
    CREATE TRIGGER ledger_is_never_shortened
    BEFORE DELETE ON ledger
    WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE erasing.guild_id = OLD.guild_id)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_never_shortened
    BEFORE DELETE ON audit
    WHEN NOT EXISTS (
        SELECT 1 FROM erasing
        WHERE erasing.guild_id = OLD.guild_id OR OLD.at < erasing.audit_before
    )
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
)


def upgrade() -> None:
    """Create the tables, widen the jobs, and let retention delete."""
    _create_settings()
    _create_reports()
    _create_cards()
    _create_erasing()
    op.add_column("jobs", sa.Column("decided_by", WHOLE))
    op.add_column("jobs", sa.Column("decision_reason", sa.Text()))
    op.add_column("jobs", sa.Column("removed_at", WHOLE))
    prompted = sa.text("prompt <> ''")
    op.create_index(
        "ix_jobs_prompts",
        "jobs",
        ["state_since"],
        sqlite_where=prompted,
        postgresql_where=prompted,
    )
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            op.execute(trigger)


def _create_settings() -> None:
    op.create_table(
        "moderation",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("spicy_role_ids", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("review_channel_id", WHOLE),
        sa.Column("log_channel_id", WHOLE),
        sa.Column("logged_audit_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_moderation"),
        sa.CheckConstraint(
            "policy IN ('off', 'restricted', 'review')", name="ck_moderation_policy"
        ),
        sqlite_strict=True,
    )
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
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.CheckConstraint(
            "kind IN ('review', 'report', 'operator_report', 'removal')",
            name="ck_cards_kind",
        ),
        sa.CheckConstraint("attempts >= 0", name="ck_cards_attempts"),
        sqlite_strict=True,
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_cards_due", "cards", ["due_at"], sqlite_where=due, postgresql_where=due
    )
    op.create_index("ix_cards_job", "cards", ["job_id"])


def _create_erasing() -> None:
    op.create_table(
        "departures",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_departures"),
        sqlite_strict=True,
    )
    op.create_table(
        "pseudonym_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_pseudonym_keys"),
        sqlite_strict=True,
    )
    op.create_table(
        "erasing",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("audit_before", WHOLE),
        sa.Column("guild_id", WHOLE),
        sa.PrimaryKeyConstraint("id", name="pk_erasing"),
        sqlite_strict=True,
    )
