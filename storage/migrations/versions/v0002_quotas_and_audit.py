"""What servers set for themselves, who changed it, and grants in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")

_APPEND_ONLY = (
    # Erasing a member changes `user_id` and nothing else: the sums must stay.
    """
    CREATE TRIGGER ledger_is_never_rewritten
    BEFORE UPDATE OF id, guild_id, job_id, kind, videos, own_videos, grants, credits,
        counted_at, at
    ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER ledger_is_never_shortened
    BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_never_rewritten
    BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_never_shortened
    BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
)


def upgrade() -> None:
    """Create the tables, and rebuild the ledger: SQLite cannot change a check."""
    _create_guilds()
    _create_limits()
    _create_audit()
    _rebuild_ledger()
    op.add_column("jobs", sa.Column("role_ids", sa.Text()))
    priced = sa.text("(credits_used IS NOT NULL OR credits_reserved IS NOT NULL)")
    op.create_index(
        "ix_jobs_priced",
        "jobs",
        ["requested_at", "guild_id", "state", "credits_used", "credits_reserved"],
        sqlite_where=priced,
        postgresql_where=priced,
    )
    # PostgreSQL would want a function for each; there, a grant does it.
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _APPEND_ONLY:
            op.execute(trigger)


def _create_guilds() -> None:
    op.create_table(
        "guilds",
        sa.Column("guild_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("spend_warned_for", WHOLE),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guilds"),
        sqlite_strict=True,
    )


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
            " WHEN 'members' THEN subject_id = 0"
            " WHEN 'role' THEN subject_id > 0"
            " WHEN 'member' THEN subject_id > 0 ELSE 0 = 1 END",
            name="ck_limits_scope",
        ),
        sa.CheckConstraint(
            "per_day >= -1 AND per_month >= -1 AND at_once >= -1 AND cooldown_s >= -1",
            name="ck_limits_values",
        ),
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
        sqlite_strict=True,
    )
    op.create_index("ix_audit_guild", "audit", ["guild_id", "at", "id"])
    op.create_index("ix_audit_subject", "audit", ["guild_id", "subject", "at", "id"])


def _rebuild_ledger() -> None:
    # Its indexes and triggers go with it.
    op.execute("CREATE TABLE ledger_before AS SELECT * FROM ledger")
    op.drop_table("ledger")
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
            " AND own_videos IN (0, 1)"
            " WHEN 'settle' THEN videos = 0 AND own_videos = 0 AND grants = 0"
            " WHEN 'release' THEN videos IN (0, -1) AND own_videos IN (0, -1)"
            " AND grants IN (0, 1)"
            " WHEN 'reset' THEN videos = 0 AND own_videos = -1 AND grants = 0"
            " WHEN 'reset_all' THEN videos = -1 AND own_videos IN (0, -1)"
            " AND grants = 0"
            " WHEN 'grant' THEN videos = 0 AND own_videos = 0 AND grants <> 0"
            " ELSE 0 = 1 END",
            name="ck_ledger_videos",
        ),
        sa.CheckConstraint("(kind = 'grant') = (job_id IS NULL)", name="ck_ledger_job"),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO ledger (id, guild_id, user_id, job_id, kind, videos, own_videos,"
        " grants, credits, counted_at, at) SELECT id, guild_id, user_id, job_id, kind,"
        " videos, videos, 0, credits, counted_at, at FROM ledger_before"
    )
    op.drop_table("ledger_before")
    closing = sa.text("kind IN ('settle', 'release')")
    op.create_index(
        "uq_ledger_closing",
        "ledger",
        ["job_id"],
        unique=True,
        sqlite_where=closing,
        postgresql_where=closing,
    )
    _counting("ix_ledger_member", "guild_id", "user_id", "counted_at", "own_videos")
    _counting("ix_ledger_guild", "guild_id", "counted_at", "videos")
    _counting("ix_ledger_grants", "guild_id", "user_id", "grants")


def _counting(name: str, *columns: str) -> None:
    counts = sa.text(f"{columns[-1]} <> 0")
    op.create_index(
        name, "ledger", list(columns), sqlite_where=counts, postgresql_where=counts
    )
