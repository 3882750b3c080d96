"""The table of jobs as it is now, and the conditions of its partial indexes.

Statements use these tables; a test checks that the migrations create the same.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.picture import PictureKind
from bot.jobs.states import AT_ONCE_STATES, JobState
from bot.models.choices import Aspect, Mode
from storage.tables.column_types import Flag, Ids, Instant, Number, WholeNumber, Word
from storage.tables.leases import lease_columns
from storage.tables.metadata import metadata

S = JobState


def state_among(states: Iterable[JobState]) -> str:
    """Return SQL that is true for jobs in one of `states`, always with the same text.

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
"""Jobs that have, or may have, an unfinished task at EvoLink. One that a person ended
is still polled until the task ends, and holds its slot until then."""

ERASABLE = text(
    "(prompt <> '' OR decision_reason IS NOT NULL"
    " OR result_url IS NOT NULL OR picture_url IS NOT NULL)"
)
"""Jobs with anything that retention erases. From a picture alone there is no prompt."""
OWNED_PICTURE = text("picture_owner_id IS NOT NULL")
KEPT_TOKEN = text("interaction_token IS NOT NULL")
PRICED = text(
    "(credits_used IS NOT NULL OR credits_reserved IS NOT NULL"
    " OR credits_estimated IS NOT NULL)"
)
BILLED = text("(credits_used > 0 OR credits_reserved > 0)")
_MAY_COST = (
    f"{state_among(AT_ONCE_STATES | {S.AWAITING_REVIEW, S.DELIVERED, S.UNCONFIRMED})}"
    f" OR {state_among({S.CANCELLED, S.UNDELIVERABLE})}"
    " AND (accepted_at IS NOT NULL OR unsure_since IS NOT NULL)"
    f" OR {state_among({S.FAILED})} AND poll_due_at IS NOT NULL"
)
"""Jobs that EvoLink makes, has made, or may still make and charge."""
_ESTIMATE = f"CASE WHEN {_MAY_COST} THEN credits_estimated END"
PRICE = f"coalesce(credits_used, credits_reserved, {_ESTIMATE})"
"""SQL: what a job costs, as EvoLink says or, until it does, as was estimated."""
CHARGED = (
    f"coalesce(credits_used, CASE WHEN {state_among({S.FAILED})}"
    " AND poll_due_at IS NULL THEN 0.0 ELSE credits_reserved END,"
    f" {_ESTIMATE}, 0.0)"
)
"""SQL: what of that is to be paid. EvoLink gives back what it reserved for a task that
failed (EvoLink docs), unless it says otherwise in `credits_used`."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    Column("channel_id", WholeNumber, nullable=False),
    Column("user_id", WholeNumber, nullable=False),
    Column("locale", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("prompt_erased", Flag, nullable=False, server_default=text("0")),
    Column("mode", Word(Mode), nullable=False),
    Column("duration_s", Integer, nullable=False),
    Column("aspect", Word(Aspect), nullable=False),
    Column("model", Text, nullable=False),
    Column("quality", Text),
    Column("sound", Flag),
    # NULL = it begins with no picture.
    Column("picture_kind", Word(PictureKind)),
    Column("picture_owner_id", WholeNumber),
    Column("picture_url", Text),
    Column("picture_uploaded_at", Instant),
    Column("interaction_id", WholeNumber, nullable=False, unique=True),
    Column("interaction_token", Text),
    Column("application_id", WholeNumber, nullable=False),
    Column("role_ids", Ids),
    Column("requested_at", Instant, nullable=False),
    Column("state", Word(JobState), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("status_message_id", WholeNumber),
    Column("status_due_at", Instant),
    Column("status_shown", Text),
    Column("submit_key", Text),
    Column("submit_attempts", Integer, nullable=False),
    Column("first_submit_at", Instant),
    Column("submit_due_at", Instant),
    Column("unsure_since", Instant),
    Column("callback_hash", Text),
    Column("task_hint", Text),
    Column("called_back_at", Instant),
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
    Column("link_alarm_at", Instant),
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
    # What it was expected to cost when it was accepted.
    Column(
        "credits_estimated",
        Number,
        CheckConstraint("credits_estimated >= 0", name="estimate"),
    ),
    # Whether its messages say so.
    Column(
        "shows_price",
        Flag,
        CheckConstraint("shows_price IN (0, 1)", name="shows_price"),
        nullable=False,
        server_default=text("0"),
    ),
    # Until when each kind of work is claimed, and how often it was: `bot.jobs.claims`.
    *lease_columns("submit_"),
    *lease_columns("poll_"),
    *lease_columns("delivery_"),
    *lease_columns("notice_"),
    *lease_columns("status_"),
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


def lease_of(kind: Due) -> Column[Any]:
    """Return the column that says until when a kind of work is claimed."""
    column: Column[Any] = jobs.c[f"{kind.name.lower()}_lease"]
    return column


def fence_of(kind: Due) -> Column[Any]:
    """Return the column that counts the claims of a kind of work."""
    column: Column[Any] = jobs.c[f"{kind.name.lower()}_fence"]
    return column


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
_partial(
    "ix_jobs_queue",
    "guild_id",
    "requested_at",
    "id",
    "picture_kind",
    where=QUEUED.text,
)
# The submitter: how many slots are taken, and by which servers.
_partial("ix_jobs_slots", "guild_id", where=HOLDS_A_SLOT.text)
# Quotas: how many jobs a member or a server has at once.
_partial("ix_jobs_at_once", "guild_id", "user_id", where=AT_ONCE.text)
# Ceilings in credits: what videos cost in the hours between two zones' months.
_partial(
    "ix_jobs_priced",
    "requested_at",
    "guild_id",
    "state",
    "credits_used",
    "credits_reserved",
    "credits_estimated",
    where=PRICED.text,
)
# Estimates: what the latest such clips were billed.
_partial("ix_jobs_bills", "model", "quality", "requested_at", where=BILLED.text)
# Which tokens of interactions are still kept: few, and those for minutes.
_partial("ix_jobs_tokens", "requested_at", where=KEPT_TOKEN.text)
# Retention: whose words and addresses have been kept for long enough.
_partial("ix_jobs_prompts", "state_since", where=ERASABLE.text)
# Paging through a state at start and for the operator; how many jobs are in each.
Index("ix_jobs_state", jobs.c.state, jobs.c.id)
# A member's list of videos.
Index("ix_jobs_member", jobs.c.guild_id, jobs.c.user_id, jobs.c.requested_at, jobs.c.id)
# All that one person ever asked for, in every server: to export it, or to forget it.
Index("ix_jobs_user", jobs.c.user_id, jobs.c.requested_at, jobs.c.id)
# What began with pictures of one person: to export that, or to forget whose they were.
_partial("ix_jobs_picture_owner", "picture_owner_id", "id", where=OWNED_PICTURE.text)
