"""The web endpoints: the page, health, metrics, and callbacks if EvoLink is asked."""

from collections.abc import Callable

from aiohttp import web

from bot.operations.free_space import FreeSpace
from bot.operations.ports import SeenBalance
from bot.operations.scraping import Scraping
from bot.pipeline.callbacks import CallbackDesk
from bot.web import CallbackEndpoint, build_web
from bot.web.page.endpoint import PageEndpoint
from bot.wiring.core import Core
from storage.operations.oldest_due import SqlOldestDue


def join_web(
    core: Core,
    desk: CallbackDesk | None,
    page: PageEndpoint,
    free_space: FreeSpace,
    *,
    balance: Callable[[], SeenBalance | None],
    intake_paused: Callable[[], bool],
) -> web.Application:
    """Return the endpoints, not yet listening anywhere.

    `desk` takes callbacks; None = EvoLink is not asked for any. `page` is the
    operator's, `free_space` knows where this process writes. `balance` is what the
    account can pay, as it was last read, `intake_paused` whether this process has found
    that EvoLink takes no requests.
    """
    scraping = Scraping(
        core.metrics,
        core.health,
        free_space,
        SqlOldestDue(core.database),
        core.processes,
        core.clock,
        counts=core.jobs.counts,
        balance=balance,
        intake_paused=intake_paused,
    )
    callbacks = None
    if desk is not None:
        callbacks = CallbackEndpoint(desk, core.metrics.called_back)
    return build_web(core.health, scrape=scraping.page, callbacks=callbacks, page=page)
