"""The one address of the operator's page, and how its token is given."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from aiohttp.http import HttpVersion11
from aiohttp.http_exceptions import HttpProcessingError

from bot.operations.overview.values import Overview
from bot.web.page.access import (
    Access,
    Caller,
    Rules,
    access_for,
    hosts_forwarded,
    is_proxy_header,
)
from bot.web.page.drawing import Drawing
from bot.web.page.sessions import SESSION_LIFE, Sessions, Tries, is_token

log = structlog.get_logger(__name__)

COOKIE = "clapper_page"
FORBIDDEN = (
    "The operator's page is shown on this machine alone. To open it from elsewhere, or"
    " where http.public_url is set, set http.page_token and restart Clapper."
)
WRONG = "That is not the page token."
_TOO_MANY = "Too many wrong tokens came from your address. Try again in {} s."
_METHODS = ("GET", "HEAD", "POST")

Gather = Callable[[], Awaitable[Overview]]


class PageEndpoint:
    """Shows the page to those who may see it."""

    def __init__(
        self,
        gather: Gather,
        drawing: Drawing,
        *,
        rules: Rules,
        token: str | None,
        sessions: Sessions,
        tries: Tries,
    ) -> None:
        """Keep what the page is made of.

        Args:
            gather: Gathers how everything stands.
            drawing: Makes HTML of it.
            rules: Who may see it.
            token: What opens it; None = there is none.
            sessions: Those who gave it.
            tries: How often it was given wrongly.
        """
        self._gather = gather
        self._drawing = drawing
        self._rules = rules
        self._token = token
        self._sessions = sessions
        self._tries = tries
        self._headers = _headers(drawing.style_hash)

    def routes(self) -> list[web.RouteDef]:
        """Return the one address."""
        return [web.route("*", "/", self.respond)]

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Show the page, the form for the token, or why there is neither.

        Raises:
            HTTPNotFound: On the public address, as for any address that is not there.
        """
        access = access_for(self._rules, _caller(request))
        if access is Access.NOT_FOUND:
            raise web.HTTPNotFound
        if request.method not in _METHODS:
            raise web.HTTPMethodNotAllowed(request.method, _METHODS)
        if access is Access.FORBIDDEN:
            return self._html(self._drawing.forbidden(FORBIDDEN), status=403)
        if access is Access.OPEN:
            return await self._page(request, signed_in=False)
        if request.method == "POST":
            return await self._respond_to_form(request)
        if self._has_session(request):
            return await self._page(request, signed_in=True)
        return await self._respond_without_session(request)

    async def _respond_without_session(self, request: web.Request) -> web.Response:
        """Take a token in the header, for programs, or ask for it."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return self._form(None, status=401)
        refusal = self._refusal(request, given.strip())
        return refusal or await self._page(request, signed_in=False)

    async def _respond_to_form(self, request: web.Request) -> web.Response:
        """Begin a session for the right token, or end one."""
        form = await _form_of(request)
        if "sign-out" in form:
            self._sessions.end(request.cookies.get(_cookie(request), ""))
            answer = self._to_page()
            answer.del_cookie(_cookie(request), path="/", secure=_is_https(request))
            return answer
        refusal = self._refusal(request, form.get("token", "").strip())
        if refusal is not None:
            return refusal
        log.info("page session begun", peer=request.remote)
        answer = self._to_page()
        answer.set_cookie(
            _cookie(request),
            self._sessions.begin(),
            max_age=int(SESSION_LIFE.total_seconds()),
            path="/",
            httponly=True,
            samesite="Strict",
            secure=_is_https(request),
        )
        return answer

    def _refusal(self, request: web.Request, given: str) -> web.Response | None:
        """Return the answer to a token that opens nothing; None = it does."""
        peer = request.remote or ""
        wait_s = self._tries.wait_s(peer)
        if wait_s:
            answer = self._form(_TOO_MANY.format(wait_s), status=429)
            answer.headers["Retry-After"] = str(wait_s)
            return answer
        if self._token is not None and is_token(given, self._token):
            return None
        self._tries.note_wrong(peer)
        log.warning("page token refused", peer=peer)
        return self._form(WRONG, status=401)

    async def _page(self, request: web.Request, *, signed_in: bool) -> web.Response:
        refreshes = request.query.get("refresh") == "on"
        view = await self._gather()
        return self._html(
            self._drawing.page(view, refreshes=refreshes, signed_in=signed_in)
        )

    def _form(self, problem: str | None, *, status: int) -> web.Response:
        answer = self._html(self._drawing.login(problem), status=status)
        if status == 401:  # noqa: PLR2004 - and no other
            answer.headers["WWW-Authenticate"] = 'Bearer realm="clapper"'
        return answer

    def _to_page(self) -> web.Response:
        return web.Response(status=303, headers={**self._headers, "Location": "/"})

    def _html(self, text: str, *, status: int = 200) -> web.Response:
        return web.Response(
            text=text, status=status, content_type="text/html", headers=self._headers
        )

    def _has_session(self, request: web.Request) -> bool:
        session_id = request.cookies.get(_cookie(request))
        return session_id is not None and self._sessions.is_open(session_id)


def _caller(request: web.Request) -> Caller:
    headers = request.headers
    forwarded = hosts_forwarded(
        headers.getall("Forwarded", []), headers.getall("X-Forwarded-Host", [])
    )
    transport = request.transport
    local = None if transport is None else transport.get_extra_info("sockname")
    return Caller(
        # The connection's own: `request.remote` says the same, but may be set.
        peer=_address(
            None if transport is None else transport.get_extra_info("peername")
        ),
        local=_address(local),
        hosts=[*headers.getall("Host", []), *forwarded],
        has_proxy=any(map(is_proxy_header, headers)),
        is_http_1_1=request.version >= HttpVersion11,
    )


def _address(name: object) -> str:
    return str(name[0]) if isinstance(name, tuple) and name else ""


def _cookie(request: web.Request) -> str:
    """Return the cookie's name; over https one that no other host can set."""
    return f"__Host-{COOKIE}" if _is_https(request) else COOKIE


def _is_https(request: web.Request) -> bool:
    """Return whether the browser speaks https, with us or with a proxy in front.

    A header that lies makes its own sender's cookie useless, and nothing else.
    """
    said = request.headers.get("X-Forwarded-Proto", "")
    return request.secure or said.lower() == "https"


async def _form_of(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form; none where it is no form, or not whole."""
    try:
        fields = await request.post()
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError, ValueError):
        return {}
    return {key: value for key, value in fields.items() if isinstance(value, str)}


def _headers(style_hash: str) -> Mapping[str, str]:
    policy = (
        f"default-src 'none'; style-src '{style_hash}'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
