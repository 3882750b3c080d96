"""Which address answers what."""

from dataclasses import asdict

from aiohttp import web

from bot.health import Health

MAX_BODY_BYTES = 64 * 1024
"""A callback is a task's JSON; the largest one seen is a few KiB."""

_HEALTH = web.AppKey("health", Health)
_FRESH = {"Cache-Control": "no-store"}


def build_web(health: Health) -> web.Application:
    """Return the endpoints, not yet listening anywhere."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[_HEALTH] = health
    app.router.add_get("/livez", _alive)
    app.router.add_get("/healthz", _healthy)
    return app


async def _alive(_request: web.Request) -> web.Response:
    """Answer that the process runs. Nothing is looked at: only a hung loop fails."""
    return web.Response(text="alive\n", headers=_FRESH)


async def _healthy(request: web.Request) -> web.Response:
    """Answer 200 or 503, with the reason as JSON."""
    found = await request.app[_HEALTH].look()
    return web.json_response(
        {"healthy": found.healthy, **asdict(found)},
        status=200 if found.healthy else 503,
        headers=_FRESH,
    )
