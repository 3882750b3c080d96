"""The tables of what servers set for themselves, and of who changed what there."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.quotas.limits import Scope
from storage.column_types import Instant, JsonText, WholeNumber, Word
from storage.tables import metadata

guilds = Table(
    "guilds",
    metadata,
    # Whoever decides on a request of a server holds its row: see `storage.guilds`.
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("zone", Text, nullable=False),
    # The beginning of the month in which its ceiling's warning was given.
    Column("spend_warned_for", Instant),
    sqlite_strict=True,
)

limits = Table(
    "limits",
    metadata,
    Column("guild_id", WholeNumber, nullable=False),
    Column("scope", Word(Scope), nullable=False),
    # The role or the member; 0 where the scope alone says it.
    Column("subject_id", WholeNumber, nullable=False),
    Column("per_day", Integer),
    Column("per_month", Integer),
    Column("at_once", Integer),
    Column("cooldown_s", Integer),
    PrimaryKeyConstraint("guild_id", "scope", "subject_id"),
    CheckConstraint(
        "CASE scope WHEN 'server' THEN subject_id = 0 AND cooldown_s IS NULL"
        " WHEN 'members' THEN subject_id = 0"
        " WHEN 'role' THEN subject_id > 0"
        " WHEN 'member' THEN subject_id > 0 ELSE 0 = 1 END",
        name="scope",
    ),
    CheckConstraint(
        "per_day >= -1 AND per_month >= -1 AND at_once >= -1 AND cooldown_s >= -1",
        name="values",
    ),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    Column("actor_id", WholeNumber),
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text),
    Column("before", JsonText),
    Column("after", JsonText),
    Column("reason", Text),
    sqlite_strict=True,
)
# A server's history, newest first; and of one member alone.
Index("ix_audit_guild", audit.c.guild_id, audit.c.at, audit.c.id)
Index("ix_audit_subject", audit.c.guild_id, audit.c.subject, audit.c.at, audit.c.id)
# Retention: which entries have been kept for long enough.
Index("ix_audit_at", audit.c.at)
# All that was done by one person, or about them, in every server.
Index("ix_audit_actor", audit.c.actor_id)
Index("ix_audit_about", audit.c.subject)
