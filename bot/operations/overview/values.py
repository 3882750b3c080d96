"""What the operator's page shows. Values only; every time is aware and in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import GuildId, JobId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.operations.health import Snapshot as HealthSnapshot
from bot.operations.ports import Pause
from bot.processes.seats import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Jobs that wait for the same thing."""

    number: int
    since: datetime | None
    """Since when the first of them waits; None = none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    """A job that takes a slot: EvoLink is making its clip, or may be."""

    job_id: JobId
    guild_id: GuildId
    model: str
    state: JobState
    since: datetime
    """When it came into its state."""
    progress: int
    """Percent, as EvoLink says."""
    expected_end_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestJob:
    """One of the latest jobs. Nothing here says who asked for it, or for what."""

    job_id: JobId
    guild_id: GuildId
    model: str
    state: JobState
    failure: Failure | None
    requested_at: datetime
    first_submit_at: datetime | None
    state_since: datetime
    credits: float
    """What it is charged, or expected to be."""
    is_estimate: bool
    """EvoLink has not said it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was asked for on a day of UTC."""

    day: datetime
    """Its beginning."""
    ended: Mapping[JobState, int]
    """How many of its jobs have ended in which state."""
    credits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorEvent:
    """Something that the operator was told."""

    event: str
    values: Mapping[str, str]
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """One process that works on the database."""

    name: str
    is_this: bool
    is_alive: bool
    version: str
    started_at: datetime
    unseen_s: float
    """How many seconds ago the other processes last saw it."""
    seats: Sequence[Seat]
    shards: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database says, all of it read in bounded time."""

    counts: Mapping[JobState, int]
    queue: Waiting
    running: Sequence[RunningJob]
    """The longest in their state first, as many as were asked for."""
    deliveries: Waiting
    """Clips that are made, and not posted yet."""
    notices: Waiting
    """Explanations that are not posted yet."""
    days: Sequence[Day]
    """Those on which anything was asked for, the oldest first."""
    month_credits: float
    """Of what was asked for in this month of UTC."""
    latest: Sequence[LatestJob]
    """The newest first. Requests that were refused before they cost anything are not
    among them."""
    events: Sequence[OperatorEvent]
    """The newest first."""
    pause: Pause | None
    outage_since: datetime | None
    """Since when EvoLink does not answer, if that lasts; whichever process told."""
    processes: Sequence[ProcessRow]
    """Empty on a file, which has one process only."""
    revision: str
    """Of the tables."""
    database: str
    """Its kind and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Versions of this process and its libraries."""

    clapper: str
    python: str
    discord_py: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """What the operator has set. None = not set."""

    total_credits_per_month: float | None
    credit_reserve: float
    max_active_tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Credits of all servers together: used, expected, and left."""

    today: float
    month: float
    month_forecast: float
    """At the present rate until the month ends."""
    per_day: float
    """The present rate: the average of the last week, or since the first video."""
    rate_days: float
    """How many days that is the average of."""
    ceiling: float | None
    balance: float | None
    """What the account can still pay; None = this process does not know it."""
    lasts_days: float | None
    """How long the balance lasts at that rate; None = unknown, or nothing is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The automatic copies of the database, as far as they were looked at."""

    every: timedelta
    newest_at: datetime | None
    """When the newest was made; None = none was seen yet."""
    fault: str | None
    """Why the last one could not be made; None = it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of the whole installation at one moment."""

    at: datetime
    process: str
    """The name of the process that gathered it."""
    began_at: datetime
    """When that process began."""
    health: HealthSnapshot
    stored: Stored | None
    """None = the database did not answer."""
    unsaved_events: Sequence[OperatorEvent]
    """Of this process, which the database did not take; the newest first."""
    spending: Spending | None
    balance_read_at: datetime | None
    """When this process last read what the account can pay; None = it has not."""
    copies: Copies | None
    """None = Clapper makes none."""
    free: Mapping[str, int]
    """The bytes that are left in each place that this process writes to."""
    ceilings: Ceilings
    versions: Versions
