"""Which address answers what."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

from aiohttp import web

from bot.operations.health import Health
from bot.operations.metrics import CONTENT_TYPE
from bot.web.callbacks import CallbackEndpoint
from bot.web.page.endpoint import PageEndpoint

MAX_BODY_BYTES = 64 * 1024
"""A callback is a task's JSON; the largest one seen is a few KiB."""

Scrape = Callable[[], Awaitable[bytes]]

_HEALTH = web.AppKey("health", Health)
_SCRAPE: web.AppKey[Scrape] = web.AppKey("scrape")
_FRESH = {"Cache-Control": "no-store"}


def build_web(
    health: Health,
    *,
    scrape: Scrape,
    callbacks: CallbackEndpoint | None,
    page: PageEndpoint | None,
) -> web.Application:
    """Return the endpoints, not yet listening anywhere.

    `scrape` makes the page of /metrics. `callbacks` takes EvoLink's; None = it is not
    asked for any, and there is no such address. `page` is the operator's; None = there
    is none.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[_HEALTH] = health
    app.router.add_get("/livez", _livez)
    app.router.add_get("/healthz", _healthz)
    app[_SCRAPE] = scrape
    app.router.add_get("/metrics", _metrics)
    if callbacks is not None:
        app.router.add_routes(callbacks.routes())
    if page is not None:
        app.router.add_routes(page.routes())
    return app


async def _livez(_request: web.Request) -> web.Response:
    """Answer that the process runs. Nothing is looked at: only a hung loop fails."""
    return web.Response(text="alive\n", headers=_FRESH)


async def _healthz(request: web.Request) -> web.Response:
    """Answer 200 or 503, with the reason as JSON."""
    found = await request.app[_HEALTH].check()
    return web.json_response(
        {"healthy": found.healthy, **asdict(found)},
        status=200 if found.healthy else 503,
        headers=_FRESH,
    )


async def _metrics(request: web.Request) -> web.Response:
    """Answer with what Prometheus scrapes."""
    page = await request.app[_SCRAPE]()
    # aiohttp's own argument for the type takes no parameters, and this one has some.
    return web.Response(body=page, headers={**_FRESH, "Content-Type": CONTENT_TYPE})
