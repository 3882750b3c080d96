"""Jobs."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import (
    NUMBER,
    WHOLE,
    lease_columns,
    partial_index,
)


def create() -> None:
    """Create the table and its indexes."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("channel_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column(
            "prompt_erased", sa.Integer(), nullable=False, server_default=sa.text("0")
        ),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("quality", sa.Text()),
        sa.Column("sound", sa.Integer()),
        sa.Column("picture_kind", sa.Text()),
        sa.Column("picture_owner_id", WHOLE),
        sa.Column("picture_url", sa.Text()),
        sa.Column("picture_uploaded_at", WHOLE),
        sa.Column("interaction_id", WHOLE, nullable=False),
        sa.Column("interaction_token", sa.Text()),
        sa.Column("application_id", WHOLE, nullable=False),
        sa.Column("role_ids", sa.Text()),
        sa.Column("requested_at", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", WHOLE, nullable=False),
        sa.Column("status_message_id", WHOLE),
        sa.Column("status_due_at", WHOLE),
        sa.Column("status_shown", sa.Text()),
        sa.Column("submit_key", sa.Text()),
        sa.Column("submit_attempts", sa.Integer(), nullable=False),
        sa.Column("first_submit_at", WHOLE),
        sa.Column("submit_due_at", WHOLE),
        sa.Column("unsure_since", WHOLE),
        sa.Column("callback_hash", sa.Text()),
        sa.Column("task_hint", sa.Text()),
        sa.Column("called_back_at", WHOLE),
        sa.Column("task_id", sa.Text()),
        sa.Column("accepted_at", WHOLE),
        sa.Column("estimated_time_s", NUMBER),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("progress_at", WHOLE),
        sa.Column("progress_step", sa.Integer(), nullable=False),
        sa.Column("expected_end_at", WHOLE),
        sa.Column("poll_due_at", WHOLE),
        sa.Column("polled_at", WHOLE),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("result_url", sa.Text()),
        sa.Column("done_at", WHOLE),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("delivery_due_at", WHOLE),
        sa.Column("delivery_attempts", sa.Integer(), nullable=False),
        sa.Column("link_alarm_at", WHOLE),
        sa.Column("post_intended_at", WHOLE),
        sa.Column("clip_message_id", WHOLE),
        sa.Column(
            "refusals", sa.Integer(), nullable=False, server_default=sa.text("0")
        ),
        sa.Column("failure", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("notice_due_at", WHOLE),
        sa.Column("notice_attempts", sa.Integer(), nullable=False),
        sa.Column("notice_intended_at", WHOLE),
        sa.Column("notice_message_id", WHOLE),
        sa.Column("credits_reserved", NUMBER),
        sa.Column("credits_used", NUMBER),
        sa.Column("decided_by", WHOLE),
        sa.Column("decision_reason", sa.Text()),
        sa.Column("removed_at", WHOLE),
        *lease_columns("submit_"),
        *lease_columns("poll_"),
        *lease_columns("delivery_"),
        *lease_columns("notice_"),
        *lease_columns("status_"),
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
            "submit_attempts >= 0 AND polls >= 0 AND misses >= 0 AND"
            " delivery_attempts >= 0 AND notice_attempts >= 0",
            name="ck_jobs_counters",
        ),
        sa.CheckConstraint(
            "estimated_time_s >= 0 AND credits_reserved >= 0 AND credits_used >= 0",
            name="ck_jobs_amounts",
        ),
        sqlite_strict=True,
    )
    partial_index(
        "uq_jobs_callback_hash",
        "jobs",
        "callback_hash",
        where="callback_hash IS NOT NULL",
        unique=True,
    )
    partial_index(
        "uq_jobs_task_id", "jobs", "task_id", where="task_id IS NOT NULL", unique=True
    )
    partial_index(
        "ix_jobs_at_once",
        "jobs",
        "guild_id",
        "user_id",
        where="state IN ('queued', 'submitting', 'generating', 'delivering')",
    )
    partial_index(
        "ix_jobs_delivery_due",
        "jobs",
        "delivery_due_at",
        where="delivery_due_at IS NOT NULL",
    )
    op.create_index(
        "ix_jobs_member", "jobs", ["guild_id", "user_id", "requested_at", "id"]
    )
    partial_index(
        "ix_jobs_notice_due", "jobs", "notice_due_at", where="notice_due_at IS NOT NULL"
    )
    partial_index(
        "ix_jobs_picture_owner",
        "jobs",
        "picture_owner_id",
        "id",
        where="picture_owner_id IS NOT NULL",
    )
    partial_index(
        "ix_jobs_poll_due", "jobs", "poll_due_at", where="poll_due_at IS NOT NULL"
    )
    partial_index(
        "ix_jobs_priced",
        "jobs",
        "requested_at",
        "guild_id",
        "state",
        "credits_used",
        "credits_reserved",
        where="(credits_used IS NOT NULL OR credits_reserved IS NOT NULL)",
    )
    partial_index(
        "ix_jobs_prompts",
        "jobs",
        "state_since",
        where="(prompt <> '' OR decision_reason IS NOT NULL"
        " OR result_url IS NOT NULL OR picture_url IS NOT NULL)",
    )
    partial_index(
        "ix_jobs_queue",
        "jobs",
        "guild_id",
        "requested_at",
        "id",
        "picture_kind",
        where="state = 'queued'",
    )
    partial_index(
        "ix_jobs_slots",
        "jobs",
        "guild_id",
        where="(state IN ('submitting', 'generating') OR state IN ('cancelled',"
        " 'undeliverable') AND (poll_due_at IS NOT NULL OR submit_due_at IS NOT"
        " NULL))",
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "id"])
    partial_index(
        "ix_jobs_status_due", "jobs", "status_due_at", where="status_due_at IS NOT NULL"
    )
    partial_index(
        "ix_jobs_submit_due", "jobs", "submit_due_at", where="submit_due_at IS NOT NULL"
    )
    partial_index(
        "ix_jobs_tokens", "jobs", "requested_at", where="interaction_token IS NOT NULL"
    )
    op.create_index("ix_jobs_user", "jobs", ["user_id", "requested_at", "id"])
