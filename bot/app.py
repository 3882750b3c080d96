"""Opens what the program needs, serves, and closes it. `bot.wiring` joins the parts."""

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import ThreadedResolver

from bot.clock import MonotonicClock, SystemClock
from bot.config import Config
from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.delivery.spool import LONGEST_DOWNLOAD_S, Spool, discard_leftovers
from bot.errors import StartupError
from bot.evolink.client import EvolinkClient
from bot.evolink.files import EvolinkFiles
from bot.evolink.session import open_session
from bot.media import is_installed
from bot.media.clip_tools import ClipTools
from bot.media.large_pictures import LargePictures
from bot.operations.start_checks import check_key
from bot.pictures.preparation import Preparation
from bot.processes.ports import Processes
from bot.processes.shards import GatewayStatus
from bot.service_manager import ServiceManager
from bot.texts.texts import Texts
from bot.web import serve_web
from bot.wiring.core import Core, join_core
from bot.wiring.program import Opened, join_program
from bot.wiring.rules import word_rules
from bot.workers.workforce import Workforce
from cogs.bot import ClapperBot
from cogs.gateway.frames import read_json
from cogs.private_api import json_read_by
from cogs.wire.endpoints import rest_base
from storage.copying.beside import tidy_up
from storage.copying.lost import require_not_lost
from storage.database.engine import Database
from storage.database.lock import file_held
from storage.database.schema import require_newest, upgrade
from storage.leases import clear_leases
from storage.processes.joining import join_processes
from storage.processes.only import OnlyProcess
from storage.processes.session import new_session_name
from storage.processes.shards import shard_leases

log = structlog.get_logger(__name__)

CLOSE_WITHIN_S = 2.0
ANSWER_WITHIN_S = 8.0
"""How long a database server has for a transaction or a read; members wait less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All parts, open and joined, but not yet at work."""

    bot: ClapperBot
    workforce: Workforce
    processes: Processes
    token: str = field(repr=False)

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve until `stopping`, then let go in order.

        Raises:
            StartupError: If Discord refuses the token.
        """
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(
                    self.processes.watch(self.workforce.in_progress), name="processes"
                )
                gateway = group.create_task(self.bot.serve(self.token), name="gateway")
                group.create_task(self._give_shards_away(stopping), name="shards")
                # The workers go first: they may still have something to say there.
                await self.workforce.run(stopping)
                await _close_bot(self.bot)
                gateway.cancel()
                watch.cancel()
        except* StartupError as refusals:
            raise refusals.exceptions[0] from None

    async def _give_shards_away(self, stopping: asyncio.Event) -> None:
        """Let others serve Discord at once, while the workers still come to an end."""
        await stopping.wait()
        if self.processes.living > 1:
            await self.bot.give_shards_away()


async def serve(config: Config, manager: ServiceManager) -> None:
    """Run Clapper until SIGTERM or SIGINT, also while it still opens things.

    `manager` hears when it is at work, and when it begins to end.

    Raises:
        StartupError: If something that it needs is refused at the start.
    """
    stopping = asyncio.Event()
    this = asyncio.current_task()
    assert this is not None
    opening = True

    def stop() -> None:
        stopping.set()
        manager.stopping()
        if opening:
            this.cancel()

    with _signals_call(stop):
        try:
            async with build(config) as app:
                opening = False
                # Most objects of the process exist by now and will stay: collections
                # need not look at them again.
                gc.freeze()
                manager.ready()
                async with manager.watched():
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
        rules = word_rules(config)
        url = config.storage.url
        stack.enter_context(file_held(url))
        await asyncio.to_thread(tidy_up, url)
        await asyncio.to_thread(require_not_lost, url, config.storage.backup_dir)
        await upgrade(url)
        session = new_session_name()
        processes = await stack.enter_async_context(join_processes(url, session))
        # A newer program may have changed the tables just before.
        await require_newest(url)
        database = await stack.enter_async_context(
            Database.open(
                url,
                may_write=processes.require,
                session_name=session,
                answer_within_s=ANSWER_WITHIN_S,
            )
        )
        core = join_core(
            config, SystemClock(), database, processes, monotonic=MonotonicClock()
        )
        evolink = EvolinkClient(
            await stack.enter_async_context(open_session()),
            base_url=config.evolink.base_url,
            api_key=config.evolink.api_key,
            count=core.metrics.asked,
        )
        files = EvolinkFiles(
            # Its own: what hangs there takes no connection from the API.
            await stack.enter_async_context(open_session()),
            files_url=config.evolink.files_url,
            api_key=config.evolink.api_key,
            count=core.metrics.asked,
        )
        await check_key(evolink)
        allow_private = config.evolink.allow_private_result_hosts
        results = await stack.enter_async_context(
            open_result_session(
                allow_private=allow_private, resolver=ThreadedResolver()
            )
        )
        spool = _prepare_spool(
            Spool(config.storage.spool_dir), is_alone=processes.living == 1
        )
        # To read and parse them all takes longer than a step of the loop should.
        texts = await asyncio.to_thread(Texts.load)
        stack.enter_context(rest_base(config.discord.api_base))
        stack.enter_context(json_read_by(read_json))
        bot = ClapperBot(
            texts,
            gateway_url=config.discord.gateway_url,
            shard_count=config.discord.shard_count,
            leases=shard_leases(processes, database),
            gateway_changed=lambda status: _note_gateway(core, status),
            count=core.metrics.asked,
        )
        stack.push_async_callback(_close_bot, bot)
        with_media = is_installed()
        preparation = Preparation(
            LargePictures(config.storage.spool_dir) if with_media else None
        )
        stack.callback(preparation.close)
        program = await join_program(
            Opened(
                core=core,
                bot=bot,
                evolink=evolink,
                files=files,
                fetcher=ResultFetcher(
                    results,
                    allow_private=allow_private,
                    count=core.metrics.asked,
                ),
                spool=spool,
                preparation=preparation,
                clip_tools=ClipTools() if with_media else None,
                texts=texts,
                word_rules=rules,
            )
        )
        await core.wakeups.listen(processes.listen, session)
        await discard_leftovers(spool, core.jobs, older_than_s=0.0)
        await stack.enter_async_context(serve_web(program.web, config.http.listen))
        yield App(
            bot=bot,
            workforce=Workforce(
                program.workers,
                processes,
                prepare=lambda: _clear_leases(database, processes),
            ),
            processes=processes,
            token=config.discord.token.get_secret_value(),
        )


def _note_gateway(core: Core, status: GatewayStatus) -> None:
    """Let people see how this process stands with Discord's gateway."""
    core.health.note_gateway(status)
    core.metrics.note_gateway(status)


async def _clear_leases(database: Database, processes: Processes) -> None:
    """Let what a former process was about be due at once, if it was alone, too."""
    if isinstance(processes, OnlyProcess):
        await clear_leases(database)


async def _close_bot(bot: ClapperBot) -> None:
    """Close the connections to Discord, whose other end may not answer any more."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await bot.close()
    except TimeoutError:
        log.debug("gateway close timed out")


def _prepare_spool(spool: Spool, *, is_alone: bool) -> Spool:
    try:
        spool.prepare()
    except OSError as error:
        msg = (
            "storage.spool_dir (CLAPPER_STORAGE__SPOOL_DIR) cannot be used:"
            f" {error.strerror or error}."
        )
        raise StartupError(msg) from error
    # Others may be fetching into the same folder.
    spool.discard_parts(older_than_s=0 if is_alone else LONGEST_DOWNLOAD_S)
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
