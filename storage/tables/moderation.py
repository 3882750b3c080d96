"""The tables of moderation: settings, blocks, reports, and cards to moderators."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.records import CardKind, ReportState
from storage.tables.column_types import Instant, WholeNumber, Word
from storage.tables.leases import lease_columns
from storage.tables.metadata import metadata

moderation = Table(
    "moderation",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("policy", Word(SpicyPolicy), nullable=False),
    Column(
        "pictures",
        Word(PicturesPolicy),
        CheckConstraint("pictures IN ('off', 'own', 'any')", name="pictures"),
        nullable=False,
        server_default=text("'own'"),
    ),
    # JSON: they are read and written as a whole.
    Column("spicy_role_ids", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("barred_models", Text, nullable=False, server_default=text("'[]'")),
    Column("default_model", Text),
    Column("review_channel_id", WholeNumber),
    Column("log_channel_id", WholeNumber),
    CheckConstraint("policy IN ('off', 'restricted', 'review')", name="policy"),
    sqlite_strict=True,
)

# How far the audit has been posted to the log channels: a row for each server that has,
# or had, one. Writing an audit entry holds its server's row, so that the entries of a
# server are numbered in the order of their commits.
guild_logs = Table(
    "guild_logs",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    # The last entry that the channel has.
    Column("audit_id", WholeNumber, nullable=False),
    # While there are newer ones: when the next of them is to be posted.
    Column("due_at", Instant),
    # Of the next entry: set before the first attempt to post it.
    Column("intended_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    *lease_columns(),
    CheckConstraint("attempts >= 0 AND refusals >= 0", name="counters"),
    sqlite_strict=True,
)
_due = text("due_at IS NOT NULL")
# The guild log: which servers have something to be posted.
Index(
    "ix_guild_logs_due", guild_logs.c.due_at, sqlite_where=_due, postgresql_where=_due
)

blocks = Table(
    "blocks",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("user_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("until", Instant),
    Column("reason", Text),
    Column("blocked_by", WholeNumber, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)
_ends = text("until IS NOT NULL")
# Retention: which blocks are over.
Index("ix_blocks_until", blocks.c.until, sqlite_where=_ends, postgresql_where=_ends)
# A person's blocks in every server, for their export.
Index("ix_blocks_user", blocks.c.user_id)

reports = Table(
    "reports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("reporter_id", WholeNumber, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Word(ReportState), nullable=False),
    Column("decided_by", WholeNumber),
    UniqueConstraint("job_id", "reporter_id"),
    CheckConstraint("state IN ('open', 'removed', 'dismissed')", name="state"),
    sqlite_strict=True,
)
REASONED = text("reason <> ''")
# Retention: whose words have been kept for long enough.
Index(
    "ix_reports_reasons",
    reports.c.at,
    sqlite_where=REASONED,
    postgresql_where=REASONED,
)
# A person's reports in every server: to export them, or to forget who wrote them.
Index("ix_reports_reporter", reports.c.reporter_id, reports.c.id)

cards = Table(
    "cards",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Word(CardKind), nullable=False),
    Column("guild_id", WholeNumber, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("report_id", Text),
    Column("channel_id", WholeNumber, nullable=False),
    Column("message_id", WholeNumber),
    Column("due_at", Instant),
    Column("intended_at", Instant),
    Column("attempts", Integer, nullable=False),
    *lease_columns(),
    CheckConstraint(
        "kind IN ('review', 'report', 'operator_report', 'removal')", name="kind"
    ),
    CheckConstraint("attempts >= 0", name="attempts"),
    sqlite_strict=True,
)
# The card worker: which cards have to be posted, redrawn or carried out.
Index("ix_cards_due", cards.c.due_at, sqlite_where=_due, postgresql_where=_due)
# A step of a job, or a decision on a report: which cards show it.
Index("ix_cards_job", cards.c.job_id)
