"""Jobs, and the ledger of what counts against the quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")

_APPEND_ONLY = (
    # Erasing a member changes `user_id` and nothing else: the sums must stay.
    """
    CREATE TRIGGER ledger_is_never_rewritten
    BEFORE UPDATE OF id, guild_id, job_id, kind, videos, credits, counted_at, at
    ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER ledger_is_never_shortened
    BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
)


def upgrade() -> None:
    """Create both tables."""
    _create_jobs()
    _create_ledger()
    # PostgreSQL would want a function for each; there, a grant does it.
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _APPEND_ONLY:
            op.execute(trigger)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("channel_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text()),
        sa.Column("interaction_id", WHOLE, nullable=False),
        sa.Column("interaction_token", sa.Text()),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("requested_at", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", WHOLE, nullable=False),
        sa.Column("status_message_id", WHOLE),
        sa.Column("status_due_at", WHOLE),
        sa.Column("submit_key", sa.Text()),
        sa.Column("submit_attempts", sa.Integer(), nullable=False),
        sa.Column("first_submit_at", WHOLE),
        sa.Column("submit_due_at", WHOLE),
        sa.Column("unsure_since", WHOLE),
        sa.Column("callback_hash", sa.Text()),
        sa.Column("task_id", sa.Text()),
        sa.Column("accepted_at", WHOLE),
        sa.Column("estimated_time_s", NUMBER),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("progress_at", WHOLE),
        sa.Column("progress_step", sa.Integer(), nullable=False),
        sa.Column("expected_end_at", WHOLE),
        sa.Column("poll_due_at", WHOLE),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("result_url", sa.Text()),
        sa.Column("done_at", WHOLE),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("delivery_due_at", WHOLE),
        sa.Column("delivery_attempts", sa.Integer(), nullable=False),
        sa.Column("post_intended_at", WHOLE),
        sa.Column("clip_message_id", WHOLE),
        sa.Column("failure", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("notice_due_at", WHOLE),
        sa.Column("notice_attempts", sa.Integer(), nullable=False),
        sa.Column("notice_intended_at", WHOLE),
        sa.Column("notice_message_id", WHOLE),
        sa.Column("credits_reserved", NUMBER),
        sa.Column("credits_used", NUMBER),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("interaction_id", name="uq_jobs_interaction_id"),
        sa.CheckConstraint(
            "state IN ('received', 'refused', 'awaiting_review', 'queued',"
            " 'submitting', 'generating', 'delivering', 'delivered', 'denied',"
            " 'cancelled', 'failed', 'unconfirmed', 'undeliverable')",
            name="ck_jobs_state",
        ),
        sa.CheckConstraint("duration_s > 0", name="ck_jobs_duration"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="ck_jobs_progress"),
        sa.CheckConstraint(
            "progress_step BETWEEN 0 AND 100", name="ck_jobs_progress_step"
        ),
        sa.CheckConstraint("late IN (0, 1)", name="ck_jobs_late"),
        sa.CheckConstraint(
            "submit_attempts >= 0 AND polls >= 0 AND misses >= 0"
            " AND delivery_attempts >= 0 AND notice_attempts >= 0",
            name="ck_jobs_counters",
        ),
        sa.CheckConstraint(
            "estimated_time_s >= 0 AND credits_reserved >= 0 AND credits_used >= 0",
            name="ck_jobs_amounts",
        ),
        sqlite_strict=True,
    )
    _index("uq_jobs_task_id", "task_id", where="task_id IS NOT NULL", unique=True)
    for work in ("submit", "poll", "delivery", "notice", "status"):
        _index(
            f"ix_jobs_{work}_due", f"{work}_due_at", where=f"{work}_due_at IS NOT NULL"
        )
    _index("ix_jobs_queue", "guild_id", "requested_at", "id", where="state = 'queued'")
    _index(
        "ix_jobs_slots",
        "guild_id",
        where="(state IN ('submitting', 'generating')"
        " OR state IN ('cancelled', 'undeliverable')"
        " AND (poll_due_at IS NOT NULL OR submit_due_at IS NOT NULL))",
    )
    _index(
        "ix_jobs_at_once",
        "guild_id",
        "user_id",
        where="state IN ('queued', 'submitting', 'generating', 'delivering')",
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "id"])
    op.create_index(
        "ix_jobs_member", "jobs", ["guild_id", "user_id", "requested_at", "id"]
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE),
        sa.Column("job_id", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("videos", sa.Integer(), nullable=False),
        sa.Column("credits", NUMBER),
        sa.Column("counted_at", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("job_id", "kind", name="uq_ledger_job_id_kind"),
        sa.CheckConstraint("credits >= 0", name="ck_ledger_credits"),
        sa.CheckConstraint(
            "CASE kind WHEN 'reserve' THEN job_id IS NOT NULL AND videos = 1"
            " WHEN 'settle' THEN job_id IS NOT NULL AND videos = 0"
            " WHEN 'release' THEN job_id IS NOT NULL AND videos = -1"
            " ELSE job_id IS NULL END",
            name="ck_ledger_videos",
        ),
        sqlite_strict=True,
    )
    closing = sa.text("kind IN ('settle', 'release')")
    op.create_index(
        "uq_ledger_closing",
        "ledger",
        ["job_id"],
        unique=True,
        sqlite_where=closing,
        postgresql_where=closing,
    )
    op.create_index(
        "ix_ledger_member", "ledger", ["guild_id", "user_id", "counted_at", "videos"]
    )
    op.create_index("ix_ledger_guild", "ledger", ["guild_id", "counted_at", "videos"])


def _index(name: str, *columns: str, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        "jobs",
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
