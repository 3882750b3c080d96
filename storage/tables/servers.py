"""The tables of servers: their rows, who changed what there, who was greeted."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

from bot.quotas.prices_shown import PricesShown
from storage.tables.column_types import Instant, JsonText, WholeNumber, Word
from storage.tables.leases import lease_columns
from storage.tables.metadata import metadata

guilds = Table(
    "guilds",
    metadata,
    # A decision on a request of a server holds its row: see `storage.servers.guilds`.
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("zone", Text, nullable=False),
    # The beginning of the month in which its ceiling's warning was given.
    Column("spend_warned_for", Instant),
    # Who sees what videos cost: `bot.quotas.prices_shown`.
    Column(
        "prices",
        Word(PricesShown),
        CheckConstraint("prices IN ('admins', 'everyone', 'nobody')", name="prices"),
        nullable=False,
        server_default=text("'nobody'"),
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
    # No number is used twice, also where the newest entries are erased: what has been
    # told in log channels is known by it.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
# A server's history, newest first; and of one member alone.
Index("ix_audit_guild", audit.c.guild_id, audit.c.at, audit.c.id)
Index("ix_audit_subject", audit.c.guild_id, audit.c.subject, audit.c.at, audit.c.id)
# The guild log: which entries its channel does not have.
Index("ix_audit_log", audit.c.guild_id, audit.c.id)
# Retention: which entries have been kept for long enough.
Index("ix_audit_at", audit.c.at)
# All that was done by one person, or about them, in every server.
Index("ix_audit_actor", audit.c.actor_id, audit.c.id)
Index("ix_audit_about", audit.c.subject, audit.c.id)

departures = Table(
    "departures",
    metadata,
    # Servers that removed the bot; their data goes when this is old enough.
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

greetings = Table(
    "greetings",
    metadata,
    # A row for each server that was greeted, or is not to be.
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("due_at", Instant),
    # Set before the first attempt to post it.
    Column("intended_at", Instant),
    Column("attempts", Integer, nullable=False),
    *lease_columns(),
    CheckConstraint("attempts >= 0", name="attempts"),
    sqlite_strict=True,
)
_due = text("due_at IS NOT NULL")
# The greeter: which servers are still to be greeted.
Index("ix_greetings_due", greetings.c.due_at, sqlite_where=_due, postgresql_where=_due)
