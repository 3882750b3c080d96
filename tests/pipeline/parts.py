"""Parts of the pipeline with good defaults: name only what the test is about."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import Job
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskSnapshot
from bot.operations.installation import Fact, SecondTask
from bot.operations.ports import Installation, Operator
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.host_watch import ResultHostWatch
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.ports import Fetcher
from bot.pipeline.submitter import SubmitPolicy
from bot.pipeline.task_recorder import PollPolicy, TaskRecorder
from bot.workers.limits import Limits
from tests.callbacks import ignored
from tests.factories import MODEL
from tests.offers import make_offer


def host_watch(fetcher: Fetcher, limits: Limits) -> ResultHostWatch:
    """Make what asks hosts of results; it does nothing unless it is run."""
    return ResultHostWatch(fetcher, results=limits.results, hosts=limits.result_hosts)


class RememberedInstallation:
    """Implements `bot.operations.ports.Installation` in memory."""

    def __init__(self) -> None:
        self.learned: set[Fact] = set()
        self.seconds: dict[str, SecondTask] = {}

    async def facts(self) -> frozenset[Fact]:
        return frozenset(self.learned)

    async def learn(self, fact: Fact, at: datetime) -> bool:
        assert at.tzinfo is not None
        was_new = fact not in self.learned
        self.learned.add(fact)
        return was_new

    async def second_task(self, second: SecondTask) -> bool:
        self.learned.add(Fact.KEY_IGNORED)
        return self.seconds.setdefault(second.task_id, second) is second


def make_idempotency(
    operator: Operator,
    clock: Clock,
    *,
    allowed: bool = True,
    installation: Installation | None = None,
    facts: Collection[Fact] = (),
) -> Idempotency:
    return Idempotency(
        operator,
        clock,
        allowed=allowed,
        installation=installation or RememberedInstallation(),
        facts=facts,
    )


def make_schedule(min_interval_s: float = 2.0) -> PollSchedule:
    """Return the pace of a process that has heard no callback yet."""
    return PollSchedule(min_interval_s, CallbackTrust())


def make_submit_policy(**changes: Any) -> SubmitPolicy:
    usual: dict[str, Any] = {
        "give_up_after_s": 3600.0,
        "offer": make_offer(MODEL),
        "callbacks": None,
        "schedule": make_schedule(),
        "durations": RecentDurations(()),
    }
    return SubmitPolicy(**usual | changes)


def make_readings(
    jobs: JobStore,
    clock: Clock,
    policy: PollPolicy,
    *,
    durations: RecentDurations | None = None,
    ended: Callable[[Job, TaskSnapshot], None] = ignored,
) -> TaskRecorder:
    return TaskRecorder(
        jobs,
        clock,
        policy,
        schedule=make_schedule(policy.min_interval_s),
        durations=durations or RecentDurations(()),
        ended=ended,
    )
