"""Discord and EvoLink as far as `clapper check` asks them, on real loopback HTTP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.cli.program import NEEDED

BOT_ID, GUILD_ID, ROLE_ID = "900", "100", "200"
GENERAL = {"id": "1", "type": 0, "name": "general"}


class Outside:
    """What the two services answer; a test changes it before it asks."""

    def __init__(self) -> None:
        self.status = {"discord": 200, "evolink": 200}
        self.permissions = 0
        self.channels: list[dict[str, Any]] = [GENERAL]
        self.owner_id = "1"
        self.member = True
        self.credits = 64.25
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> "AsyncGenerator[Outside]":
        outside = cls()
        app = web.Application()
        app.router.add_get("/v1/credits", outside._credits)
        app.router.add_get("/api/v10/{path:.*}", outside._discord)
        app.router.add_get("/page/{path:.*}", outside._page)
        async with TestServer(app) as server:
            outside.url = str(server.make_url("")).rstrip("/")
            yield outside

    @property
    def env(self) -> dict[str, str]:
        """The variables that lead Clapper here."""
        return {
            **NEEDED,
            "CLAPPER_DISCORD__API_BASE": f"{self.url}/api/v10",
            "CLAPPER_EVOLINK__BASE_URL": self.url,
        }

    async def _credits(self, request: web.Request) -> web.Response:
        if not self._authorised(request, "Bearer", "EVOLINK__API_KEY"):
            return web.json_response({"error": {"code": "x"}}, status=401)
        data = {
            "token": {"unlimited_credits": True, "remaining_credits": 0},
            "user": {"remaining_credits": self.credits},
        }
        answer = {"success": True, "message": "", "data": data}
        return web.json_response(answer, status=self.status["evolink"])

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome!</html>", content_type="text/html")

    async def _discord(self, request: web.Request) -> web.Response:
        if not self._authorised(request, "Bot", "DISCORD__TOKEN"):
            return web.json_response({"message": "401: Unauthorized"}, status=401)
        if self.status["discord"] != 200:
            return web.Response(status=self.status["discord"], text="<html>")
        at = f"guilds/{GUILD_ID}"
        answers: dict[str, Any] = {
            "users/@me": {"id": BOT_ID, "username": "Clapper"},
            "oauth2/applications/@me": {"id": "555"},
        }
        if self.member:
            answers |= {
                at: {"id": GUILD_ID, "name": "Cinema", "owner_id": self.owner_id},
                f"{at}/roles": [
                    {"id": GUILD_ID, "permissions": str(1 << 10)},
                    {"id": ROLE_ID, "permissions": str(self.permissions)},
                ],
                f"{at}/members/{BOT_ID}": {"roles": [ROLE_ID]},
                f"{at}/channels": self.channels,
            }
        answer = answers.get(request.match_info["path"])
        if answer is None:
            return web.json_response({"code": 10004}, status=404)
        return web.json_response(answer)

    def _authorised(self, request: web.Request, scheme: str, name: str) -> bool:
        expected = f"{scheme} {NEEDED[f'CLAPPER_{name}']}"
        return request.headers.get("Authorization") == expected
