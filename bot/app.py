"""The composition root: opens, joins, serves and closes. Only this module knows all."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.clock import SystemClock
from bot.config import Config
from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.delivery.leftovers import discard_leftovers
from bot.delivery.spool import Spool
from bot.errors import StartupError
from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from bot.jobs.durations import RecentDurations
from bot.operations.account import AccountGate
from bot.operations.buffered_outbox import BufferedOutbox
from bot.operations.free_space import FreeSpace
from bot.operations.metrics import Metrics
from bot.operations.operator import LoggedOperator
from bot.operations.start_checks import check_key
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.wakeups import Wakeups
from bot.texts.texts import Texts
from bot.web import serve_web
from bot.wiring.assembly import (
    Parts,
    admission_rules,
    join_bot,
    join_health,
    join_web,
    join_workers,
    metered,
    profile_of,
    quota_rules,
)
from bot.wiring.home import HomeParts
from bot.wiring.moderation import ModerationParts, rules_of
from bot.workers.workforce import Workforce
from cogs.bot import ClapperBot
from cogs.gateway.frames import read_json
from cogs.private_api import json_read_by
from cogs.wire.endpoints import rest_base
from storage.database.address import Address
from storage.database.engine import Database
from storage.database.lock import Hold, only_process
from storage.database.schema import upgrade
from storage.jobs.durations import SqlTaskTimes
from storage.jobs.store import SqlJobStore
from storage.operations.installation import SqlInstallation
from storage.operations.outbox import SqlOutbox
from storage.operations.pauses import SqlPauses
from storage.quotas.spend_warnings import SqlSpendStore
from storage.quotas.store import SqlQuotaStore
from storage.requests.admission import SqlAdmissionStore
from storage.sums.store import SqlSums

log = structlog.get_logger(__name__)

CLOSE_WITHIN_S = 2.0
TASKS_LOOKED_BACK_AT = 500
"""From which a new process learns how long tasks take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All parts, open and joined, but not yet at work."""

    bot: ClapperBot
    workforce: Workforce
    hold: Hold
    token: str = field(repr=False)

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve until `stopping`, then let go in order.

        Raises:
            StartupError: If Discord refuses the token, or another process has taken
                the database over.
        """
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(self.hold.watch(), name="database lock")
                gateway = group.create_task(self.bot.serve(self.token), name="gateway")
                # The workers go first: they may still have something to say there.
                await self.workforce.run(stopping)
                await _closed(self.bot)
                gateway.cancel()
                watch.cancel()
        except* StartupError as refusals:
            raise refusals.exceptions[0] from None


async def serve(config: Config) -> None:
    """Run Clapper until SIGTERM or SIGINT, also while it still opens things.

    Raises:
        StartupError: If something that it needs is refused at the start.
    """
    stopping = asyncio.Event()
    this = asyncio.current_task()
    assert this is not None
    opening = True

    def stop() -> None:
        stopping.set()
        if opening:
            this.cancel()

    with _signals_call(stop):
        try:
            async with build(config) as app:
                opening = False
                # Most objects of the process exist by now and will stay: collections
                # need not look at them again.
                gc.freeze()
                await app.run(stopping)
        except asyncio.CancelledError:
            if not (opening and stopping.is_set()):
                raise
            this.uncancel()
    log.info("stopped")


@asynccontextmanager
async def build(config: Config) -> AsyncGenerator[App]:
    """Open everything in order, and close it in reverse at the end of the block.

    Raises:
        ConfigInvalid: If the operator's word lists cannot be used.
        StartupError: If something cannot be opened, or EvoLink refuses the key.
    """
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        bells = Wakeups(clock)
        rules = rules_of(config)
        hold = await stack.enter_async_context(only_process(config.storage.url))
        await upgrade(config.storage.url)
        database = await stack.enter_async_context(Database.open(config.storage.url))
        database.permit_writes(hold.require)
        metrics = Metrics(clock)
        with_spending = quota_rules(config.quotas).watch_spending
        jobs = SqlJobStore(database, listener=bells, watcher=metrics.moved)
        decisions = SqlAdmissionStore(
            database, listener=bells, with_spending=with_spending
        )
        client = EvolinkClient(
            await stack.enter_async_context(open_session()),
            base_url=config.evolink.base_url,
            api_key=config.evolink.api_key,
        )
        await check_key(client)
        allow_private = config.evolink.allow_private_result_hosts
        results = await stack.enter_async_context(
            open_result_session(allow_private=allow_private)
        )
        evolink, fetcher = metered(
            client, ResultFetcher(results, allow_private=allow_private), metrics
        )
        outbox = BufferedOutbox(SqlOutbox(database))
        operator = LoggedOperator(
            # Where nobody would post it, nothing is kept.
            outbox=None if config.operator.channel_id is None else outbox,
            clock=clock,
            heard=metrics.told_operator,
        )
        installation = SqlInstallation(database)
        pauses = SqlPauses(database)
        spool = _prepared(Spool(config.storage.spool_dir))
        # To read and parse them all takes longer than a step of the loop should.
        texts = await asyncio.to_thread(Texts.load)
        parts = Parts(
            config=config,
            clock=clock,
            jobs=jobs,
            decisions=decisions,
            quotas=SqlQuotaStore(database, with_spending=with_spending),
            spend=SqlSpendStore(database),
            sums=SqlSums(database),
            bells=bells,
            evolink=evolink,
            fetcher=fetcher,
            spool=spool,
            account=AccountGate(
                evolink,
                operator,
                clock,
                pauses,
                reserve=config.quotas.credit_reserve,
                model=config.evolink.model,
                pause=await pauses.load(),
            ),
            operator=operator,
            outbox=outbox,
            installation=installation,
            facts=await installation.facts(),
            health=join_health(jobs, clock, database.probe),
            metrics=metrics,
            trust=CallbackTrust(),
            lately=RecentDurations(
                await SqlTaskTimes(database).latest(TASKS_LOOKED_BACK_AT)
            ),
            texts=texts,
            moderation=ModerationParts(
                config,
                database,
                jobs,
                clock,
                texts,
                listener=bells,
                spool=spool,
                rules=rules,
            ),
            home=HomeParts(
                config,
                database,
                clock,
                texts,
                profile=profile_of(config),
                rules=admission_rules(config),
            ),
            storage_fault=lambda: database.condition.fault,
            probe=database.probe,
            free_space=FreeSpace(_folders(config)),
        )
        await discard_leftovers(parts.spool, jobs)
        stack.enter_context(rest_base(config.discord.api_base))
        stack.enter_context(json_read_by(read_json))
        bot = join_bot(parts)
        stack.push_async_callback(_closed, bot)
        web = join_web(parts)
        await stack.enter_async_context(serve_web(web, config.http.listen))
        yield App(
            bot=bot,
            workforce=Workforce(join_workers(parts, bot)),
            hold=hold,
            token=config.discord.token.get_secret_value(),
        )


def _folders(config: Config) -> Mapping[str, Path]:
    """Return where this process writes, by what to call it."""
    file = Address.parse(config.storage.url).file
    folders = {"spool": Path(config.storage.spool_dir)}
    return folders if file is None else {"database": file.parent, **folders}


async def _closed(bot: ClapperBot) -> None:
    """Close the connections to Discord, whose other end may not answer any more."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await bot.close()


def _prepared(spool: Spool) -> Spool:
    try:
        spool.prepare()
    except OSError as error:
        msg = (
            "storage.spool_dir (CLAPPER_STORAGE__SPOOL_DIR) cannot be used:"
            f" {error.strerror or error}."
        )
        raise StartupError(msg) from error
    spool.discard_parts(older_than_s=0)
    return spool


@contextmanager
def _signals_call(stop: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM and SIGINT call `stop` instead of ending the process."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for one in signals:
        loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
