"""What jobs add up to, so that nobody has to read them all to know.

Triggers on `jobs` write down each change in `job_changes`, in its own transaction.
They only add rows, so that transactions never wait for one another there. From time to
time the changes are added to the sums and removed: see `storage.sums.store`. What is
true is always the sums and the changes together.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
)

from bot.jobs.states import JobState
from storage.tables.column_types import Instant, Number, WholeNumber, Word
from storage.tables.metadata import metadata

job_changes = Table(
    "job_changes",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    # The beginning, in UTC, of the month in which the job was asked for.
    Column("month", Instant, nullable=False),
    # The state in which the job has ended; NULL = it is open. Those are few, and
    # counted where they are.
    Column("state", Word(JobState)),
    # What it costs, as far as EvoLink has told; NULL = nothing is known.
    Column("price", Number),
    # What of that EvoLink keeps: nothing for a task that failed.
    Column("charged", Number, nullable=False),
    # 1 for a job as it is now, -1 for the same as it was before.
    Column("jobs", Integer, nullable=False),
    # The beginning, in UTC, of the day on which it was asked for; NULL = the change is
    # from before there were sums of days, which have counted it already.
    Column("day", Instant),
    CheckConstraint("jobs IN (-1, 1)", name="jobs"),
    sqlite_strict=True,
)

job_counts = Table(
    "job_counts",
    metadata,
    Column("state", Word(JobState), primary_key=True),
    Column("jobs", WholeNumber, nullable=False),
    sqlite_strict=True,
)

month_prices = Table(
    "month_prices",
    metadata,
    # How many jobs of a server and a month have cost so much; server 0 is all together.
    # Prices are few, and whole numbers of them add up without rounding.
    Column("guild_id", WholeNumber, nullable=False),
    Column("month", Instant, nullable=False),
    Column("price", Number, nullable=False),
    Column("charged", Number, nullable=False),
    Column("jobs", WholeNumber, nullable=False),
    PrimaryKeyConstraint("guild_id", "month", "price", "charged"),
    sqlite_strict=True,
)
# Who may be near a ceiling, read from the index alone.
Index(
    "ix_month_prices_month",
    *(month_prices.c[one] for one in ("month", "guild_id", "charged", "jobs")),
)

# For the charts of the operator's page, which show days of UTC.
day_counts = Table(
    "day_counts",
    metadata,
    # How many jobs that were asked for on a day have ended in each state.
    Column("day", Instant, nullable=False),
    Column("state", Word(JobState), nullable=False),
    Column("jobs", WholeNumber, nullable=False),
    PrimaryKeyConstraint("day", "state"),
    sqlite_strict=True,
)

day_prices = Table(
    "day_prices",
    metadata,
    # How many jobs that were asked for on a day are charged so much.
    Column("day", Instant, nullable=False),
    Column("charged", Number, nullable=False),
    Column("jobs", WholeNumber, nullable=False),
    PrimaryKeyConstraint("day", "charged"),
    sqlite_strict=True,
)
