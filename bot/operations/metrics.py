"""What operators scrape: counters and gauges of this process, in Prometheus' format.

Knows numbers and labels, not where they come from. Nothing here names a person, a
server or a prompt.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

import bot
from bot.clock import Clock
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from bot.processes.ports import Processes
from bot.processes.seats import Seat
from bot.processes.shards import GatewayStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Scraped:
    """What is looked up for each scrape."""

    healthy: Mapping[str, bool]
    """Whether each part of this process works, as /healthz says."""
    jobs: Mapping[JobState, int] | None
    """How many are in each state; None = the database does not say."""
    waited_s: Mapping[Due, float] | None
    """For how long the oldest work of each kind has been due; None likewise."""
    free: Mapping[str, int]
    """The bytes that are left in each place."""
    balance: float | None
    """What the account can pay; None = this process does not read it."""
    intake_paused: bool
    """Whether this process has found that EvoLink takes no paid requests."""


EVENTS = (
    "backup-failed",
    "clock-wrong",
    "files-refused",
    "intake-paused",
    "intake-resumed",
    "link-expiring",
    "model-refused",
    "outage",
    "outage-ended",
    "second-task",
    "spend-warning",
    "storage-broken",
    "storage-full",
    "storage-restored",
    "unconfirmed",
)
"""What the operator may be told. Each begins at zero, so that its first is a rise."""
_WAITS_S = (0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600)
_SHORT_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4.5, 6, 10, 20, 60, 300, 3600)


class Metrics:
    """Everything that is counted, in a registry of its own."""

    def __init__(self, clock: Clock) -> None:
        """Begin at zero."""
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        self._jobs = Gauge(
            "clapper_jobs", "Jobs in each state", ["state"], registry=registry
        )
        self._requests = Counter(
            "clapper_requests",
            "Requests to other services, by what came of them",
            ["service", "endpoint", "outcome"],
            registry=registry,
        )
        self._queue_wait = Histogram(
            "clapper_queue_wait_seconds",
            "From a member's request to its first paid request",
            buckets=_WAITS_S,
            registry=registry,
        )
        self._detection = Histogram(
            "clapper_detection_delay_seconds",
            "At most how long a task had ended before we saw it",
            buckets=_SHORT_S,
            registry=registry,
        )
        self._delivery = Histogram(
            "clapper_delivery_seconds",
            "From seeing the end to Discord having the clip",
            buckets=_SHORT_S,
            registry=registry,
        )
        self._credits = Counter(
            "clapper_credits",
            "EvoLink credits, reserved at submit and used in the end",
            ["kind"],
            registry=registry,
        )
        self._callbacks = Counter(
            "clapper_callbacks",
            "Posts to the callback address",
            ["outcome"],
            registry=registry,
        )
        self._told = Counter(
            "clapper_operator_events",
            "What the operator was told",
            ["event"],
            registry=registry,
        )
        self._outages = Counter(
            "clapper_outages", "Outages seen", ["service"], registry=registry
        )
        self._outage_s = Gauge(
            "clapper_outage_seconds",
            "How long the present outage has lasted; 0 = none",
            ["service"],
            registry=registry,
        )
        self._outage_since: datetime | None = None
        self._healthy = Gauge(
            "clapper_healthy",
            "Whether each part of this process works: 1 = it does, as /healthz says",
            ["component"],
            registry=registry,
        )
        self._free = Gauge(
            "clapper_free_bytes",
            "Room that is left on the disk of the database and of the spool",
            ["place"],
            registry=registry,
        )
        self._processes = Gauge(
            "clapper_processes",
            "Processes that share the database, as this one sees them",
            registry=registry,
        )
        self._seats = Gauge(
            "clapper_seats",
            "What this process does for all of them: 1 = it does",
            ["seat"],
            registry=registry,
        )
        self._shards = Gauge(
            "clapper_gateway_shards",
            "Shards of Discord's gateway: held by this process, and over all of them",
            ["of"],
            registry=registry,
        )
        self._backup = Gauge(
            "clapper_last_backup_timestamp_seconds",
            "When the newest automatic copy of the database was made; 0 = none yet",
            registry=registry,
        )
        self._backup_interval = Gauge(
            "clapper_backup_interval_seconds",
            "How often the database is copied automatically; 0 = never",
            registry=registry,
        )
        self._delivered = Gauge(
            "clapper_last_delivery_timestamp_seconds",
            "When this process last delivered a clip; 0 = not yet",
            registry=registry,
        )
        self._balance = Gauge(
            "clapper_balance_credits",
            "What the account at EvoLink can pay, read every ten minutes; absent until"
            " then",
            ["account"],
            registry=registry,
        )
        self._intake_paused = Gauge(
            "clapper_intake_paused",
            "1 = EvoLink takes no paid requests, as who looks after the account says",
            registry=registry,
        )
        self._waited = Gauge(
            "clapper_oldest_due_seconds",
            "For how long the oldest work of each kind has been due",
            ["worker"],
            registry=registry,
        )
        build = Gauge(
            "clapper_build_info",
            "1, with what is running",
            ["version", "python"],
            registry=registry,
        )
        build.labels(bot.__version__, platform.python_version()).set(1)
        ProcessCollector(registry=registry)
        self._begin()

    def backs_up_every(self, interval_s: float) -> None:
        """Note how often the database is copied automatically."""
        self._backup_interval.set(interval_s)

    def backed_up(self, at: datetime) -> None:
        """Note when the newest automatic copy of the database was made."""
        self._backup.set(at.timestamp())

    def note_gateway(self, status: GatewayStatus) -> None:
        """Note which shards this process holds."""
        self._shards.labels("this").set(len(status.held))
        self._shards.labels("all").set(status.count)

    def _begin(self) -> None:
        """Show a zero where nothing has happened: absence would look like a fault."""
        for event in EVENTS:
            self._told.labels(event)
        for outcome in ("taken", "unknown", "failed"):
            self._callbacks.labels(outcome)
        for kind in ("reserved", "used"):
            self._credits.labels(kind)
        self._outages.labels("evolink")
        self._outage_s.labels("evolink").set(0)

    # ---- what happens --------------------------------------------------------------

    def asked(self, service: str, endpoint: str, outcome: str) -> None:
        """Count one request that was made, and how it ended."""
        self._requests.labels(service, endpoint, outcome).inc()

    def called_back(self, outcome: str) -> None:
        """Count one post to the callback address."""
        self._callbacks.labels(outcome).inc()

    def told_operator(self, event: str) -> None:
        """Count one event that the operator was told."""
        self._told.labels(event).inc()

    def moved(self, job: Job) -> None:
        """Count a job that has just moved to another state."""
        match job.state:
            # Only the first time: what was refused for the account's sake goes again.
            case JobState.SUBMITTING if job.first_submit_at == job.state_since:
                waited = job.state_since - job.requested_at
                self._queue_wait.observe(max(0.0, waited.total_seconds()))
            case JobState.GENERATING:
                self._credits.labels("reserved").inc(job.credits_reserved or 0.0)
            case JobState.DELIVERED if job.done_at is not None:
                took = job.state_since - job.done_at
                self._delivery.observe(max(0.0, took.total_seconds()))
                self._delivered.set(job.state_since.timestamp())
            case _:
                """Nothing of it is measured."""

    def ended(self, job: Job, report: TaskSnapshot) -> None:
        """Count a task that has just ended; `job` is as it was before."""
        self._credits.labels("used").inc(_used(job, report))
        last = job.polled_at or job.accepted_at
        if last is not None:
            unseen = self._clock.now() - last
            self._detection.observe(max(0.0, unseen.total_seconds()))

    def outage(self, since: datetime | None) -> None:
        """Note since when EvoLink fails us; None = it answers."""
        if since is not None and self._outage_since is None:
            self._outages.labels("evolink").inc()
        self._outage_since = since

    @property
    def outage_since(self) -> datetime | None:
        """Since when EvoLink has failed us; None = it answers."""
        return self._outage_since

    # ---- what is shown -------------------------------------------------------------

    def page(self, scraped: Scraped, processes: Processes) -> bytes:
        """Return everything as it is now. What is not known stays as it was."""
        for component, works in scraped.healthy.items():
            self._healthy.labels(component).set(works)
        if scraped.jobs is not None:
            for state in JobState:
                self._jobs.labels(state.value).set(scraped.jobs.get(state, 0))
        if scraped.waited_s is not None:
            for kind, waited_s in scraped.waited_s.items():
                self._waited.labels(kind.name.lower()).set(waited_s)
        self._intake_paused.set(scraped.intake_paused)
        self._balance.clear()
        if scraped.balance is not None:
            self._balance.labels("evolink").set(scraped.balance)
        for place, left in scraped.free.items():
            self._free.labels(place).set(left)
        self._outage_s.labels("evolink").set(self._outage_lasted_s())
        self._show(processes)
        return generate_latest(self._registry)

    def _show(self, processes: Processes) -> None:
        self._processes.set(processes.living)
        for seat in Seat:
            self._seats.labels(seat.value).set(processes.holds(seat))

    def _outage_lasted_s(self) -> float:
        if self._outage_since is None:
            return 0.0
        return (self._clock.now() - self._outage_since).total_seconds()


def _used(job: Job, report: TaskSnapshot) -> float:
    """Return what a task cost: what EvoLink says, which it seldom does.

    Else what it reserved, which it gives back for a task without a clip (EvoLink docs).
    """
    if report.credits_used is not None:
        return report.credits_used
    made = report.status is TaskStatus.COMPLETED
    return (job.credits_reserved or 0.0) if made else 0.0
