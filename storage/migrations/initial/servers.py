"""Servers, their audit and their greetings."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import WHOLE, lease_columns, partial_index


def create() -> None:
    """Create the tables and their indexes."""
    _create_guilds()
    _create_audit()
    _create_greetings()
    _create_departures()


def _create_guilds() -> None:
    op.create_table(
        "guilds",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("spend_warned_for", WHOLE),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guilds"),
        sqlite_strict=True,
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("actor_id", WHOLE),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_audit_about", "audit", ["subject", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor_id", "id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_guild", "audit", ["guild_id", "at", "id"])
    op.create_index("ix_audit_log", "audit", ["guild_id", "id"])
    op.create_index("ix_audit_subject", "audit", ["guild_id", "subject", "at", "id"])


def _create_greetings() -> None:
    op.create_table(
        "greetings",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("due_at", WHOLE),
        sa.Column("intended_at", WHOLE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *lease_columns(),
        sa.PrimaryKeyConstraint("guild_id", name="pk_greetings"),
        sa.CheckConstraint("attempts >= 0", name="ck_greetings_attempts"),
        sqlite_strict=True,
    )
    partial_index("ix_greetings_due", "greetings", "due_at", where="due_at IS NOT NULL")


def _create_departures() -> None:
    op.create_table(
        "departures",
        sa.Column("guild_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_departures"),
        sqlite_strict=True,
    )
