"""Who may use the page: a browser on this machine, for this very page.

A page elsewhere can make a browser send requests to loopback. It cannot forge where
they come from, nor, with a name of its own that leads here, what they ask for.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

_READING = frozenset({"GET", "HEAD"})
_FORBIDDEN, _WRONG_TYPE, _WRONG_HOST = 403, 415, 421
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets nothing through but what the page itself asks for."""

    def __init__(self) -> None:
        self.hosts: frozenset[str] = frozenset()
        """The names under which the page is reached, with the port."""

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, or refuse it; either way with the headers of a page."""
        refusal = self._refusal(request)
        if refusal is not None:
            refusal.headers.update(HEADERS)
            return refusal
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    def _refusal(self, request: web.Request) -> web.Response | None:
        host = request.headers.get("Host", "")
        if host not in self.hosts:
            return web.Response(status=_WRONG_HOST, text="This is not that host.")
        if (
            request.headers.get("Sec-Fetch-Site", "same-origin")
            not in {
                "same-origin",
                "none",
            }
            and request.headers.get("Sec-Fetch-Mode") != "navigate"
        ):
            return web.Response(status=_FORBIDDEN, text="Not from another page.")
        if request.method in _READING:
            return None
        if request.headers.get("Origin") != f"http://{host}":
            return web.Response(status=_FORBIDDEN, text="Not from another page.")
        if request.content_type != "application/json":
            return web.Response(status=_WRONG_TYPE, text="JSON, please.")
        return None
