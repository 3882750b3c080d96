"""The pipeline: what carries jobs along, from the submit to the posted clip."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.config import Config
from bot.delivery.spool import Spool
from bot.delivery.spool_cleaner import SpoolCleaner
from bot.jobs.due import Due
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import Job
from bot.jobs.tasks import TaskSnapshot
from bot.models.offer import Offer
from bot.operations.account import AccountGate
from bot.operations.ports import Operator
from bot.pictures.cleaner import PictureCleaner
from bot.pictures.ports import Files
from bot.pictures.uploads import Uploads
from bot.pipeline.callback_addresses import CallbackAddresses
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.pipeline.clip_posting import Gate
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.host_watch import ResultHostWatch
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.notifier import Notifier
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.poller import Poller
from bot.pipeline.ports import Evolink, Fetcher, Messenger, Shrinker
from bot.pipeline.request_recovery import RequestRecovery
from bot.pipeline.status_board import StatusBoard
from bot.pipeline.submitter import SubmitPolicy, Submitter
from bot.pipeline.task_recorder import PollPolicy, TaskRecorder
from bot.processes.seats import Seat
from bot.requests.admission import Admission
from bot.wiring.core import Core
from bot.wiring.operations import AccountParts
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker
from storage.jobs.durations import SqlTaskDurations
from storage.operations.installation import SqlInstallation
from storage.pictures.store import SqlPictures

TASKS_LOOKED_BACK_AT = 500
"""From which a new process learns how long tasks take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The services that jobs need, and the place for their clips."""

    evolink: Evolink
    files: Files
    fetcher: Fetcher
    messenger: Messenger
    spool: Spool
    shrinker: Shrinker | None
    """None = PyAV is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineParts:
    """What others need of the pipeline."""

    workers: list[Worker]
    callbacks: CallbackDesk | None
    """Takes EvoLink's callbacks; None = it is not asked for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What the process has learned of EvoLink, and learns on."""

    idempotency: Idempotency
    durations: RecentDurations
    trust: CallbackTrust
    schedule: PollSchedule
    recall: Callable[[], Awaitable[None]]
    """Reads again what other processes have learned."""


def join_pipeline(  # noqa: PLR0913 - each a collaborator of its own
    core: Core,
    outside: Outside,
    *,
    offer: Offer,
    pictures: SqlPictures,
    operator: Operator,
    account: AccountParts,
    admission: Admission,
    gate: Gate,
) -> PipelineParts:
    """Return the workers that carry jobs along, and connect the wake-ups to them.

    What others have learned of EvoLink is read before those begin that need it. `gate`
    says whether a clip may still be posted.
    """
    config, jobs, clock, limits = core.config, core.jobs, core.clock, core.limits
    messenger = outside.messenger
    learned = _join_learned(core, operator, account.gate)
    submitter = Submitter(
        jobs,
        outside.evolink,
        account.gate,
        operator,
        clock,
        _submit_policy(config, offer, learned),
        idempotency=learned.idempotency,
        uploads=Uploads(pictures, outside.files, clock),
    )
    dispatcher = _join_dispatcher(core, submitter, account.gate, learned)
    poller = _join_poller(core, outside.evolink, account.gate, learned)
    hosts = ResultHostWatch(
        outside.fetcher, results=limits.results, hosts=limits.result_hosts
    )
    deliverer = Deliverer(
        jobs,
        outside.evolink,
        outside.fetcher,
        messenger,
        outside.spool,
        gate,
        clock,
        hosts,
        results=limits.results,
        reads=limits.reads,
        messages=limits.messages,
        operator=operator,
        shrinker=outside.shrinker,
    )
    notifier = Notifier(jobs, messenger, clock, messages=limits.messages)
    status_board = StatusBoard(
        jobs,
        messenger,
        clock,
        edits=limits.edits,
        living=lambda: core.processes.living,
        slots=config.evolink.max_active_tasks,
        queue_moves=account.pause.is_open,
    )
    by_due: dict[Due, Worker] = {
        Due.SUBMIT: dispatcher,
        Due.POLL: poller,
        Due.DELIVERY: deliverer,
        Due.NOTICE: notifier,
        Due.STATUS: status_board,
    }
    for kind, worker in by_due.items():
        core.wakeups.connect(kind, worker)
    core.wakeups.when_slot_left(dispatcher.slot_left)
    core.wakeups.when_called_back(learned.trust.arrived)
    recovery = RequestRecovery(
        jobs,
        admission,
        messenger,
        clock,
        lookups=limits.lookups,
        is_alone=lambda: core.processes.living == 1,
    )
    cleaner = PictureCleaner(
        pictures,
        outside.files,
        clock,
        deletes=limits.file_deletes,
    )
    core.wakeups.when_picture_left(cleaner.soon)
    spool_cleaner = SpoolCleaner(outside.spool, jobs)
    return PipelineParts(
        workers=[*by_due.values(), hosts, recovery, cleaner, spool_cleaner],
        callbacks=_join_callbacks(core, learned.trust),
    )


def _join_learned(core: Core, operator: Operator, account: AccountGate) -> _Learned:
    processes = core.processes
    took = SqlTaskDurations(core.database)
    trust = CallbackTrust()
    idempotency = Idempotency(
        operator,
        core.clock,
        allowed=core.config.evolink.replay_submits,
        installation=SqlInstallation(core.database),
        facts=(),
    )
    durations = RecentDurations(())
    has_begun = False

    async def recall() -> None:
        nonlocal has_begun
        await idempotency.recall()
        durations.begin_with(await took.latest(TASKS_LOOKED_BACK_AT))
        # The operator may have restarted the program because of what was changed.
        restarted = not has_begun and processes.living == 1
        await account.recall(probe_now=restarted)
        has_begun = True

    return _Learned(
        idempotency=idempotency,
        durations=durations,
        trust=trust,
        schedule=PollSchedule(core.config.polling.min_interval_s, trust),
        recall=recall,
    )


def callback_addresses(config: Config) -> CallbackAddresses | None:
    """Return what makes the addresses EvoLink reports to; None = it is not asked to."""
    if config.http.public_url is None:
        return None
    return CallbackAddresses(
        public_url=config.http.public_url,
        # Known to us and EvoLink alone, which is told every address anyway.
        secret=config.evolink.api_key.get_secret_value().encode(),
    )


def _join_callbacks(core: Core, trust: CallbackTrust) -> CallbackDesk | None:
    if core.config.http.public_url is None:
        return None
    return CallbackDesk(
        core.jobs,
        trust,
        core.clock,
        min_interval_s=core.config.polling.min_interval_s,
    )


def _submit_policy(config: Config, offer: Offer, learned: _Learned) -> SubmitPolicy:
    return SubmitPolicy(
        give_up_after_s=config.polling.give_up_after_s,
        offer=offer,
        callbacks=callback_addresses(config),
        schedule=learned.schedule,
        durations=learned.durations,
    )


def _join_dispatcher(
    core: Core, submitter: Submitter, account: AccountGate, learned: _Learned
) -> Dispatcher:
    config = core.config
    return Dispatcher(
        core.jobs,
        submitter,
        account,
        core.clock,
        creates=core.limits.creates,
        uploads=core.limits.uploads,
        recall=learned.recall,
        max_active_tasks=config.evolink.max_active_tasks,
        give_up_after_s=config.polling.give_up_after_s,
    )


def _join_poller(
    core: Core, evolink: Evolink, account: AccountGate, learned: _Learned
) -> Poller:
    polling = core.config.polling

    def ended(job: Job, report: TaskSnapshot) -> None:
        core.metrics.ended(job, report)
        if job.callback_hash is not None:
            called_back = job.called_back_at is not None
            learned.trust.ended(job.id, called_back=called_back)

    def note_poll(reads: EndpointLimit) -> None:
        if not core.processes.holds(Seat.EVOLINK):
            return  # it was under way when the seat was lost
        # Health asks whose fault it is that tasks cannot be read, if only one of them.
        core.health.evolink_outage(reads.failing_since)
        core.metrics.outage(reads.outage_since)
        if reads.failing_since is None:
            core.health.polled()

    def note_seat() -> None:
        # The process that polls now knows better.
        if not core.processes.holds(Seat.EVOLINK):
            core.health.evolink_outage(None)
            core.metrics.outage(None)

    core.processes.when_changed(note_seat)
    recorder = TaskRecorder(
        core.jobs,
        core.clock,
        PollPolicy(
            min_interval_s=polling.min_interval_s,
            give_up_after_s=polling.give_up_after_s,
        ),
        schedule=learned.schedule,
        durations=learned.durations,
        ended=ended,
    )
    return Poller(
        core.jobs,
        evolink,
        recorder,
        core.clock,
        reads=core.limits.reads,
        seen=note_poll,
        account=account,
        callback_tasks=CallbackTasks(core.jobs, learned.idempotency, core.clock),
    )
