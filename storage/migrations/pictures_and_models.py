"""What pictures and several models need, as v0002 brings it. Never changed later."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE, partial_index


def add() -> None:
    """Add the table of pictures, and the columns of jobs, servers and defaults."""
    _create_pictures()
    _add_to_jobs()
    _add_to_servers()
    for table in ("member_settings", "presets"):
        op.add_column(table, sa.Column("model", sa.Text()))
        op.add_column(table, sa.Column("sound", sa.Integer()))


def _create_pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("upload_intended_at", WHOLE),
        sa.Column("file_id", sa.Text()),
        sa.Column("due_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("job_id", name="pk_pictures"),
        sa.CheckConstraint("attempts >= 0", name="ck_pictures_attempts"),
        sqlite_strict=True,
    )


def _add_to_jobs() -> None:
    for column in (
        sa.Column(
            "prompt_erased", sa.Integer(), nullable=False, server_default=sa.text("0")
        ),
        sa.Column("sound", sa.Integer()),
        sa.Column("picture_kind", sa.Text()),
        sa.Column("picture_owner_id", WHOLE),
        sa.Column("picture_url", sa.Text()),
        sa.Column("picture_uploaded_at", WHOLE),
    ):
        op.add_column("jobs", column)
    # Until now what was erased was told by its empty prompt.
    op.execute("UPDATE jobs SET prompt_erased = 1 WHERE prompt = ''")
    partial_index(
        "ix_jobs_picture_owner",
        "jobs",
        "picture_owner_id",
        "id",
        where="picture_owner_id IS NOT NULL",
    )
    op.drop_index("ix_jobs_prompts", "jobs")
    partial_index(
        "ix_jobs_prompts",
        "jobs",
        "state_since",
        where="(prompt <> '' OR decision_reason IS NOT NULL"
        " OR result_url IS NOT NULL OR picture_url IS NOT NULL)",
    )
    op.drop_index("ix_jobs_queue", "jobs")
    partial_index(
        "ix_jobs_queue",
        "jobs",
        "guild_id",
        "requested_at",
        "id",
        "picture_kind",
        where="state = 'queued'",
    )


def _add_to_servers() -> None:
    op.execute(
        "ALTER TABLE moderation ADD COLUMN pictures TEXT DEFAULT 'own' NOT NULL"
        " CONSTRAINT ck_moderation_pictures CHECK (pictures IN ('off', 'own', 'any'))"
    )
    op.add_column(
        "moderation",
        sa.Column(
            "barred_models", sa.Text(), nullable=False, server_default=sa.text("'[]'")
        ),
    )
    op.add_column("moderation", sa.Column("default_model", sa.Text()))
