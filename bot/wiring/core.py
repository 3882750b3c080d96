"""What every feature stands on: settings, clock, database, jobs and their wake-ups."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.config import Config
from bot.jobs.states import JobState
from bot.operations.health import Health
from bot.operations.metrics import Metrics
from bot.pipeline.wakeups import Wakeups
from bot.processes.ports import Processes
from bot.workers.limits import Limits, new_limits
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The parts that know nothing of the outside world."""

    config: Config
    clock: Clock
    database: Database
    processes: Processes
    """This one, among those that share the database."""
    jobs: SqlJobStore
    wakeups: Wakeups
    """Connected to the workers by the pipeline."""
    limits: Limits
    """How much the services are asked at once, by all features together."""
    metrics: Metrics
    health: Health


def join_core(
    config: Config,
    clock: Clock,
    database: Database,
    processes: Processes,
    *,
    monotonic: Clock,
) -> Core:
    """Return the core of a process that works on this database.

    Waits that it keeps in memory alone are measured by the `monotonic` clock.
    """
    metrics = Metrics(clock)
    wakeups = Wakeups(clock)
    jobs = SqlJobStore(database, listener=wakeups, watcher=metrics.moved)

    async def being_made() -> int:
        counts = await jobs.counts()
        return counts.get(JobState.GENERATING, 0)

    return Core(
        config=config,
        clock=clock,
        database=database,
        processes=processes,
        jobs=jobs,
        wakeups=wakeups,
        limits=new_limits(monotonic, wall=clock, living=lambda: processes.living),
        metrics=metrics,
        health=Health(
            clock=clock,
            database=database.probe,
            open_jobs=being_made,
            processes=processes,
        ),
    )
