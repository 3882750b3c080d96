"""The tables as they are now. The migrations are how they became so.

Statements are written against these; a test holds both to the same shape.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.selectable import NamedFromClause

from bot.errors import AccountFault
from bot.jobs.failures import Failure
from bot.jobs.states import AT_ONCE_STATES, JobState
from bot.jobs.video import Aspect, Mode
from bot.operations.installation import Fact
from storage.column_types import Flag, Ids, Instant, Number, WholeNumber, Word


class LedgerKind(StrEnum):
    """What a row of the ledger does to the videos that count."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    RESET = "reset"
    """An admin set a member back: the video counts for the server alone."""
    RESET_ALL = "reset_all"
    """An admin set everybody back, and the server with them."""
    GRANT = "grant"
    """An admin granted a member videos beyond the limits, or took some back."""


def state_among(states: Iterable[JobState]) -> str:
    """Return SQL that is true for jobs in one of `states`, always worded the same.

    A partial index serves only queries that repeat its condition word for word
    (SQLite docs: Partial Indexes), so these states are never bound parameters.
    """
    among = set(states)
    names = ", ".join(f"'{one}'" for one in JobState if one in among)
    return f"state IN ({names})"


QUEUED = text("state = 'queued'")
AT_ONCE = text(state_among(AT_ONCE_STATES))
HOLDS_A_SLOT = text(
    f"({state_among({JobState.SUBMITTING, JobState.GENERATING})}"
    f" OR {state_among({JobState.CANCELLED, JobState.UNDELIVERABLE})}"
    " AND (poll_due_at IS NOT NULL OR submit_due_at IS NOT NULL))"
)
"""A task is, or may be, in EvoLink's hands. Whoever ended such a job without EvoLink
keeps it polled until EvoLink is done with it, and so long it holds its slot."""

PROMPTED = text("prompt <> ''")
KEPT_TOKEN = text("interaction_token IS NOT NULL")
PRICED = text("(credits_used IS NOT NULL OR credits_reserved IS NOT NULL)")

metadata = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    Column("channel_id", WholeNumber, nullable=False),
    Column("user_id", WholeNumber, nullable=False),
    Column("locale", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("mode", Word(Mode), nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("aspect", Word(Aspect), nullable=False),
    Column("model", Text, nullable=False),
    Column("quality", Text),
    Column("interaction_id", WholeNumber, nullable=False, unique=True),
    Column("interaction_token", Text),
    Column("application_id", WholeNumber, nullable=False),
    Column("role_ids", Ids),
    Column("requested_at", Instant, nullable=False),
    Column("state", Word(JobState), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("status_message_id", WholeNumber),
    Column("status_due_at", Instant),
    Column("submit_key", Text),
    Column("submit_attempts", Integer, nullable=False),
    Column("first_submit_at", Instant),
    Column("submit_due_at", Instant),
    Column("unsure_since", Instant),
    Column("callback_hash", Text),
    Column("task_hint", Text),
    Column("task_id", Text),
    Column("accepted_at", Instant),
    Column("estimated_time_s", Number),
    Column("progress", Integer, nullable=False),
    Column("progress_at", Instant),
    Column("progress_step", Integer, nullable=False),
    Column("expected_end_at", Instant),
    Column("poll_due_at", Instant),
    Column("polled_at", Instant),
    Column("polls", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("result_url", Text),
    Column("done_at", Instant),
    Column("late", Flag, nullable=False),
    Column("delivery_due_at", Instant),
    Column("delivery_attempts", Integer, nullable=False),
    Column("post_intended_at", Instant),
    Column("clip_message_id", WholeNumber),
    Column("refusals", Integer, nullable=False, server_default=text("0")),
    Column("failure", Word(Failure)),
    Column("reference", Text),
    Column("notice_due_at", Instant),
    Column("notice_attempts", Integer, nullable=False),
    Column("notice_intended_at", Instant),
    Column("notice_message_id", WholeNumber),
    Column("credits_reserved", Number),
    Column("credits_used", Number),
    Column("decided_by", WholeNumber),
    Column("decision_reason", Text),
    Column("removed_at", Instant),
    CheckConstraint(state_among(JobState), name="state"),
    CheckConstraint("duration_s > 0", name="duration"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    CheckConstraint("progress_step BETWEEN 0 AND 100", name="progress_step"),
    CheckConstraint("late IN (0, 1)", name="late"),
    CheckConstraint(
        "submit_attempts >= 0 AND polls >= 0 AND misses >= 0"
        " AND delivery_attempts >= 0 AND notice_attempts >= 0",
        name="counters",
    ),
    CheckConstraint(
        "estimated_time_s >= 0 AND credits_reserved >= 0 AND credits_used >= 0",
        name="amounts",
    ),
    sqlite_strict=True,
)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(
        name,
        *(jobs.c[column] for column in columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


# A callback names its job by this alone.
_partial(
    "uq_jobs_callback_hash",
    "callback_hash",
    where="callback_hash IS NOT NULL",
    unique=True,
)
# `adopt`: one task belongs to one job.
_partial("uq_jobs_task_id", "task_id", where="task_id IS NOT NULL", unique=True)
# The five loops: each asks every few seconds what is due, and when the next will be.
_partial("ix_jobs_submit_due", "submit_due_at", where="submit_due_at IS NOT NULL")
_partial("ix_jobs_poll_due", "poll_due_at", where="poll_due_at IS NOT NULL")
_partial("ix_jobs_delivery_due", "delivery_due_at", where="delivery_due_at IS NOT NULL")
_partial("ix_jobs_notice_due", "notice_due_at", where="notice_due_at IS NOT NULL")
_partial("ix_jobs_status_due", "status_due_at", where="status_due_at IS NOT NULL")
# The fair queue: each server's next jobs, and everybody's place in it.
_partial("ix_jobs_queue", "guild_id", "requested_at", "id", where=QUEUED.text)
# The submitter: how many slots are taken, and by which servers.
_partial("ix_jobs_slots", "guild_id", where=HOLDS_A_SLOT.text)
# Quotas: how many jobs a member or a server has at once.
_partial("ix_jobs_at_once", "guild_id", "user_id", where=AT_ONCE.text)
# Ceilings in credits: what this month's videos cost, read from the index alone.
_partial(
    "ix_jobs_priced",
    "requested_at",
    "guild_id",
    "state",
    "credits_used",
    "credits_reserved",
    where=PRICED.text,
)
# Which tokens of interactions are still kept: few, and those for minutes.
_partial("ix_jobs_tokens", "requested_at", where=KEPT_TOKEN.text)
# Retention: whose prompts have been kept for long enough.
_partial("ix_jobs_prompts", "state_since", where=PROMPTED.text)
# Paging through a state at start and for the operator; how many jobs are in each.
Index("ix_jobs_state", jobs.c.state, jobs.c.id)
# A member's list of videos.
Index("ix_jobs_member", jobs.c.guild_id, jobs.c.user_id, jobs.c.requested_at, jobs.c.id)
# All that one person ever asked for, in every server: to export it, or to forget it.
Index("ix_jobs_user", jobs.c.user_id)


def counts(column: str) -> TextClause:
    """Return SQL that is true for rows of the ledger that add to a column's sum."""
    return text(f"{column} <> 0")


_CLOSES = "kind IN ('settle', 'release')"


def closes(rows: NamedFromClause) -> TextClause:
    """Return SQL that is true for rows of a ledger that close a reservation."""
    return text(f"{rows.name}.{_CLOSES}")


ledger = Table(
    "ledger",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    # Without a member, a row is about the whole server.
    Column("user_id", WholeNumber),
    # No foreign key: what was used stays known when a job itself has been erased.
    Column("job_id", Text),
    Column("kind", Word(LedgerKind), nullable=False),
    # What the row adds to the usage of the server, to that of the member, and to the
    # videos granted to the member. Each of the three is the sum of its column.
    Column("videos", Integer, nullable=False),
    Column("own_videos", Integer, nullable=False),
    Column("grants", Integer, nullable=False),
    Column("credits", Number),
    Column("counted_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("job_id", "kind"),
    CheckConstraint("credits >= 0", name="credits"),
    # A job's video is the member's own, or one of those granted.
    CheckConstraint(
        "CASE kind WHEN 'reserve' THEN videos = 1 AND own_videos - grants = 1"
        " AND own_videos IN (0, 1)"
        " WHEN 'settle' THEN videos = 0 AND own_videos = 0 AND grants = 0"
        " WHEN 'release' THEN videos IN (0, -1) AND own_videos IN (0, -1)"
        " AND grants IN (0, 1)"
        " WHEN 'reset' THEN videos = 0 AND own_videos = -1 AND grants = 0"
        " WHEN 'reset_all' THEN videos = -1 AND own_videos IN (0, -1) AND grants = 0"
        " WHEN 'grant' THEN videos = 0 AND own_videos = 0 AND grants <> 0"
        " ELSE 0 = 1 END",
        name="videos",
    ),
    CheckConstraint("(kind = 'grant') = (job_id IS NULL)", name="job"),
    sqlite_strict=True,
)


def _counting(name: str, *columns: str, column: str) -> None:
    Index(
        name,
        *(ledger.c[one] for one in (*columns, column)),
        sqlite_where=counts(column),
        postgresql_where=counts(column),
    )


# A reservation is closed once: by settling or by releasing it, whichever comes first.
Index(
    "uq_ledger_closing",
    ledger.c.job_id,
    unique=True,
    sqlite_where=text(_CLOSES),
    postgresql_where=text(_CLOSES),
)
# Quotas of members and of servers, read from the index alone.
_counting("ix_ledger_member", "guild_id", "user_id", "counted_at", column="own_videos")
_counting("ix_ledger_guild", "guild_id", "counted_at", column="videos")
_counting("ix_ledger_grants", "guild_id", "user_id", column="grants")
# One person's rows in all servers. Pseudonyms are negative: they come first.
Index("ix_ledger_user", ledger.c.user_id, ledger.c.guild_id)

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
    CheckConstraint("id = 1", name="single"),
    CheckConstraint("refusals >= 0", name="counters"),
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
    CheckConstraint("attempts >= 0", name="counters"),
    sqlite_strict=True,
)
