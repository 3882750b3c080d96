"""Which part is handed which: joins what the application has opened. Opens nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.config import Config, limits
from bot.delivery.spool import Spool
from bot.errors import StorageError
from bot.ids import ChannelId, GuildId
from bot.jobs.due import Due
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskReport
from bot.jobs.video import PROFILES, ModelProfile
from bot.operations.account import AccountGate
from bot.operations.account_watch import AccountWatch
from bot.operations.free_space import FreeSpace
from bot.operations.health import Health
from bot.operations.installation import Fact
from bot.operations.metrics import Metrics
from bot.operations.operator import LoggedOperator
from bot.operations.operator_desk import OperatorDesk
from bot.operations.outage_watch import OutageWatch
from bot.operations.ports import Installation, Outbox
from bot.operations.spend_watch import SpendWatch
from bot.operations.storage_watch import StorageWatch
from bot.operations.sums import Sums, SumsStore
from bot.pipeline.callback_addresses import CallbackAddresses
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.notifier import Notifier
from bot.pipeline.pace import Pace
from bot.pipeline.poller import Poller
from bot.pipeline.ports import Evolink, Fetcher, Messenger
from bot.pipeline.request_recovery import RequestRecovery
from bot.pipeline.status_board import StatusBoard
from bot.pipeline.submitter import SubmitPolicy, Submitter
from bot.pipeline.task_results import PollPolicy, Readings
from bot.pipeline.wakeups import Wakeups
from bot.quotas.administration import Quotas
from bot.quotas.limits import DefaultLimits, LimitSet
from bot.quotas.ports import QuotaStore, SpendStore
from bot.quotas.reports import QuotaReports
from bot.quotas.rules import QuotaRules
from bot.quotas.usage_report import UsageReport
from bot.requests.admission import Admission
from bot.requests.cancelling import Cancelling
from bot.requests.clips import Clips
from bot.requests.decision import AdmissionRules
from bot.requests.intake import Intake
from bot.requests.listing import Listing
from bot.requests.store import AdmissionStore
from bot.texts.texts import Texts
from bot.web import CallbackEndpoint, build_web
from bot.wiring.home import HomeParts
from bot.wiring.metered import MeteredEvolink, MeteredFetcher, MeteredMessenger
from bot.wiring.moderation import ModerationParts
from bot.workers.limits import Limits, new_limits
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker
from cogs.bot import ClapperBot
from cogs.presses import Presses
from cogs.quotas.commands import Quota
from cogs.quotas.report import QuotaReportAnswer
from cogs.quotas.usage import Usage
from cogs.videos.buttons import JobButtons
from cogs.videos.list_command import Videos
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.operator_channel import DiscordOperatorChannel

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What has been opened, ready to be joined."""

    config: Config
    clock: Clock
    jobs: JobStore
    decisions: AdmissionStore
    quotas: QuotaStore
    spend: SpendStore
    sums: SumsStore
    bells: Wakeups
    evolink: Evolink
    fetcher: Fetcher
    spool: Spool
    account: AccountGate
    operator: LoggedOperator
    outbox: Outbox
    installation: Installation
    facts: frozenset[Fact]
    """What the installation had learned when this process began."""
    health: Health
    metrics: Metrics
    trust: CallbackTrust
    lately: RecentDurations
    texts: Texts
    moderation: ModerationParts
    home: HomeParts
    storage_fault: Callable[[], StorageError | None]
    """What is wrong with the database just now."""
    probe: Callable[[], Awaitable[None]]
    """Tries to write to the database."""
    free_space: FreeSpace

    @property
    def profile(self) -> ModelProfile:
        """What the configured model accepts."""
        return profile_of(self.config)

    @property
    def admission(self) -> Admission:
        """What decides on requests, by the operator's rules."""
        rules = admission_rules(self.config)
        return Admission(self.decisions, rules, self.moderation.gate)

    @property
    def usage(self) -> UsageReport:
        """What says how much members may still make."""
        return UsageReport(self.quotas, quota_rules(self.config.quotas), self.clock)


def profile_of(config: Config) -> ModelProfile:
    """Return what the configured model accepts."""
    return PROFILES[config.evolink.model]


def admission_rules(config: Config) -> AdmissionRules:
    """Return the operator's part in decisions on requests."""
    allowed = config.operator.guilds_allowed
    return AdmissionRules(
        quotas=quota_rules(config.quotas),
        guilds_allowed=None if allowed is None else {GuildId(one) for one in allowed},
        guilds_barred={GuildId(one) for one in config.operator.guilds_barred or ()},
    )


def quota_rules(quotas: limits.Quotas) -> QuotaRules:
    """Return the operator's limits and ceilings."""
    return QuotaRules(
        defaults=DefaultLimits(
            server=LimitSet(
                per_day=quotas.server_per_day,
                per_month=quotas.server_per_month,
                at_once=quotas.server_at_once,
            ),
            member=LimitSet(
                per_day=quotas.member_per_day,
                per_month=quotas.member_per_month,
                at_once=quotas.member_at_once,
                cooldown_s=quotas.member_cooldown_s,
            ),
        ),
        server_credits_per_month=quotas.server_credits_per_month,
        total_credits_per_month=quotas.total_credits_per_month,
    )


def join_bot(parts: Parts) -> ClapperBot:
    """Return the bot with everything that people can use."""
    jobs, clock, texts = parts.jobs, parts.clock, parts.texts
    moderation, home = parts.moderation, parts.home
    intake = Intake(jobs, parts.account, parts.admission, parts.profile, clock)
    cancelling = Cancelling(jobs, clock)

    async def guild_left(guild_id: GuildId) -> None:
        await jobs.end_of_guild(guild_id, clock.now())
        await moderation.guild_left(guild_id)

    async def guilds_seen(present: Sequence[GuildId]) -> None:
        await moderation.guilds_seen(present)
        await home.guilds_seen(present)

    videos = Videos(Listing(jobs), cancelling, texts)
    quota = Quota(
        Quotas(parts.quotas, parts.usage, clock),
        QuotaReportAnswer(QuotaReports(parts.quotas, clock), texts),
        texts,
    )
    job_buttons = JobButtons(
        intake,
        cancelling,
        Clips(jobs, parts.profile),
        moderation.reports,
        texts,
        profile=parts.profile,
    )
    moderating, moderators_routes = moderation.features()
    bot = ClapperBot(
        texts,
        features=[
            videos,
            Usage(parts.usage, texts),
            quota,
            home.about(parts.usage, moderation),
            *moderating,
            Presses(
                [
                    videos.routes(),
                    quota.routes(),
                    job_buttons.routes(),
                    *moderators_routes,
                ]
            ),
        ],
        slash_commands=[*home.slash_commands(intake), moderation.menu()],
        gateway_url=parts.config.discord.gateway_url,
        guild_left=guild_left,
        guilds_seen=guilds_seen,
        gateway_changed=lambda up: (
            parts.health.gateway_up() if up else parts.health.gateway_down()
        ),
    )
    moderation.attach(bot)
    home.attach(bot)
    return bot


def join_workers(parts: Parts, bot: ClapperBot) -> list[Worker]:
    """Return all workers, with the bells connected to those that wait for work."""
    jobs, clock = parts.jobs, parts.clock
    messenger = MeteredMessenger(_messenger(parts, bot), parts.metrics.asked)
    replays = Idempotency(
        parts.operator,
        clock,
        allowed=parts.config.evolink.replay_submits,
        installation=parts.installation,
        facts=parts.facts,
    )
    limits = new_limits(clock)
    dispatcher = _dispatcher(parts, replays, limits)
    poller = _poller(parts, replays, limits)
    deliverer = Deliverer(
        jobs,
        parts.evolink,
        parts.fetcher,
        messenger,
        parts.spool.path,
        parts.moderation.posting_policy,
        clock,
        results=limits.results,
        messages=limits.messages,
        operator=parts.operator,
    )
    notifier = Notifier(jobs, messenger, clock, messages=limits.messages)
    status_board = StatusBoard(
        jobs,
        messenger,
        clock,
        edits=limits.edits,
        slots=parts.config.evolink.max_active_tasks,
        queue_moves=lambda: parts.account.is_open,
    )
    by_due: dict[Due, Worker] = {
        Due.SUBMIT: dispatcher,
        Due.POLL: poller,
        Due.DELIVERY: deliverer,
        Due.NOTICE: notifier,
        Due.STATUS: status_board,
    }
    for kind, worker in by_due.items():
        parts.bells.connect(kind, worker)
    parts.bells.when_slot_left(dispatcher.slot_left)
    return [
        *by_due.values(),
        RequestRecovery(jobs, parts.admission, messenger, clock),
        AccountWatch(parts.account, resumed=lambda: parts.bells.ring(Due.SUBMIT)),
        SpendWatch(
            parts.spend, quota_rules(parts.config.quotas), parts.operator, clock
        ),
        Sums(parts.sums),
        OutageWatch(lambda: parts.metrics.outage_since, parts.operator, clock),
        StorageWatch(parts.storage_fault, parts.probe, parts.operator, clock),
        *_operator_desk(parts, bot, limits),
        *parts.moderation.workers(limits.messages),
        *parts.home.workers(),
    ]


def callback_addresses(config: Config) -> CallbackAddresses | None:
    """Return what makes the addresses EvoLink reports to; None = it is not asked to."""
    if config.http.public_url is None:
        return None
    return CallbackAddresses(
        public_url=config.http.public_url,
        # Known to us and EvoLink alone, which is told every address anyway.
        secret=config.evolink.api_key.get_secret_value().encode(),
    )


def join_web(parts: Parts) -> web.Application:
    """Return the web endpoints; callbacks have one where EvoLink is asked for any."""

    async def scrape() -> bytes:
        free = await asyncio.to_thread(parts.free_space.bytes_left)
        try:
            counts = await parts.jobs.counts()
        except StorageError:
            # What else is counted is wanted most while the database fails.
            return parts.metrics.page(None, free)
        return parts.metrics.page(counts, free)

    callbacks = None
    if parts.config.http.public_url is not None:
        desk = CallbackDesk(
            parts.jobs,
            parts.trust,
            parts.clock,
            min_interval_s=parts.config.polling.min_interval_s,
        )
        callbacks = CallbackEndpoint(desk, parts.metrics.called_back)
    return build_web(parts.health, scrape=scrape, callbacks=callbacks)


def _messenger(parts: Parts, bot: ClapperBot) -> Messenger:
    limit_mib = parts.config.discord.upload_limit_mib
    return DiscordMessenger(
        bot, parts.texts, parts.clock, upload_limit_bytes=int(limit_mib * MIB)
    )


def _dispatcher(parts: Parts, replays: Idempotency, limits: Limits) -> Dispatcher:
    polling = parts.config.polling
    policy = SubmitPolicy(
        replay=parts.config.evolink.replay_submits,
        give_up_after_s=polling.give_up_after_s,
        min_poll_s=polling.min_interval_s,
        profile=parts.profile,
        callbacks=callback_addresses(parts.config),
        pace=Pace(polling.min_interval_s, parts.trust),
        lately=parts.lately,
    )
    submitter = Submitter(
        parts.jobs,
        parts.evolink,
        parts.account,
        parts.operator,
        parts.clock,
        policy,
        replays=replays,
    )
    return Dispatcher(
        parts.jobs,
        submitter,
        parts.account,
        parts.clock,
        creates=limits.creates,
        max_active_tasks=parts.config.evolink.max_active_tasks,
        give_up_after_s=polling.give_up_after_s,
    )


def _poller(parts: Parts, replays: Idempotency, limits: Limits) -> Poller:
    polling = parts.config.polling

    def ended(job: Job, report: TaskReport) -> None:
        parts.metrics.ended(job, report)
        if job.callback_hash is not None:
            parts.trust.ended(job.id)

    readings = Readings(
        parts.jobs,
        parts.clock,
        PollPolicy(
            min_interval_s=polling.min_interval_s,
            give_up_after_s=polling.give_up_after_s,
        ),
        pace=Pace(polling.min_interval_s, parts.trust),
        lately=parts.lately,
        ended=ended,
    )
    return Poller(
        parts.jobs,
        parts.evolink,
        readings,
        parts.clock,
        reads=limits.reads,
        seen=lambda reads: _note_poll(parts, reads),
        account=parts.account,
        callback_tasks=CallbackTasks(parts.jobs, replays, parts.clock),
    )


def _operator_desk(parts: Parts, bot: ClapperBot, limits: Limits) -> list[Worker]:
    channel_id = parts.config.operator.channel_id
    if channel_id is None:
        return []
    channel = DiscordOperatorChannel(bot, parts.texts, channel_id)
    desk = OperatorDesk(
        parts.outbox,
        channel,
        parts.clock,
        messages=limits.messages,
        channel_id=ChannelId(channel_id),
    )
    parts.operator.when_told(desk.wake)
    return [desk]


def metered(
    evolink: Evolink, fetcher: Fetcher, metrics: Metrics
) -> tuple[Evolink, Fetcher]:
    """Return both with a counter in front."""
    return (
        MeteredEvolink(evolink, metrics.asked),
        MeteredFetcher(fetcher, metrics.asked),
    )


def join_health(
    jobs: JobStore, clock: Clock, probe: Callable[[], Awaitable[None]]
) -> Health:
    """Return the health of a process that works on this store.

    `probe` raises if the database cannot be written.
    """

    async def being_made() -> int:
        return (await jobs.counts()).get(JobState.GENERATING, 0)

    return Health(clock=clock, database=probe, open_jobs=being_made)


def _note_poll(parts: Parts, reads: EndpointLimit) -> None:
    # Health asks whose fault it is that tasks cannot be read, if only one of them.
    parts.health.evolink_outage(reads.failing_since)
    parts.metrics.outage(reads.outage_since)
    if reads.failing_since is None:
        parts.health.polled()
