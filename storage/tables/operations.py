"""The tables of the installation as a whole, and of what its operator is told."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from bot.errors import AccountFault
from bot.operations.installation import Fact
from storage.tables.column_types import Instant, Number, WholeNumber, Word
from storage.tables.leases import lease_columns
from storage.tables.metadata import metadata

# What is true of the whole installation: each fact once, since when.
facts = Table(
    "facts",
    metadata,
    Column("fact", Word(Fact), primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

# Tasks that were paid for beside those whose clips were delivered.
second_tasks = Table(
    "second_tasks",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("credits", Number),
    Column("seen_at", Instant, nullable=False),
    CheckConstraint("credits >= 0", name="credits"),
    sqlite_strict=True,
)

# Why intake is paused: no row while it is open.
intake_pause = Table(
    "intake_pause",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fault", Word(AccountFault), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("told_at", Instant),
    Column("probe_at", Instant),
    CheckConstraint("id = 1", name="single"),
    CheckConstraint("refusals >= 0", name="counters"),
    sqlite_strict=True,
)

# The outage of EvoLink that the operator was told of: no row where its end was, too.
told_outage = Table(
    "told_outage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("since", Instant, nullable=False),
    CheckConstraint("id = 1", name="single"),
    sqlite_strict=True,
)

# What the operator's channel is still to be told.
operator_messages = Table(
    "operator_messages",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("event", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    *lease_columns(),
    CheckConstraint("attempts >= 0", name="counters"),
    # No number is used twice: the channel takes a message of the same number and
    # second for a repetition.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

# What needed a person, the latest of it: for the operator's page.
operator_events = Table(
    "operator_events",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("event", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    sqlite_strict=True,
)
