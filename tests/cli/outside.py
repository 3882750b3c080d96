"""Discord and EvoLink as far as `clapper check` asks them, on real loopback HTTP."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.cli.program import NEEDED

BOT_ID, GUILD_ID, ROLE_ID = "900", "100", "200"
GENERAL = {"id": "1", "type": 0, "name": "general"}
BOT = {"id": BOT_ID, "username": "Clapper", "discriminator": "0", "avatar": None}
APPLICATION = {
    "id": "555",
    "name": "Clapper",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": {"id": "1", "username": "olive", "discriminator": "0", "avatar": None},
    "verify_key": "0",
    "team": None,
}


class Outside:
    """What the two services answer; a test changes it before it asks."""

    def __init__(self) -> None:
        self.status = {"discord": 200, "evolink": 200, "files": 404}
        self.permissions = 0
        self.channels: list[dict[str, Any]] = [GENERAL]
        self.owner_id = "1"
        self.more_roles: dict[str, int] = {}
        """Others that Clapper has, with their permissions."""
        self.member = True
        self.credits = 64.25
        self.files_asked = 0
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> "AsyncGenerator[Outside]":
        outside = cls()
        app = web.Application()
        app.router.add_get("/v1/credits", outside._credits)
        app.router.add_delete("/api/v1/files/{id}", outside._files)
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
            "CLAPPER_EVOLINK__FILES_URL": self.url,
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

    async def _files(self, request: web.Request) -> web.Response:
        self.files_asked += 1
        if not self._authorised(request, "Bearer", "EVOLINK__API_KEY"):
            code, status = "unauthorized", 401
        else:
            code, status = "not_found", self.status["files"]
        return web.json_response({"error": {"code": code}}, status=status)

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome!</html>", content_type="text/html")

    async def _discord(self, request: web.Request) -> web.Response:
        if not self._authorised(request, "Bot", "DISCORD__TOKEN"):
            return _as_discord({"message": "401: Unauthorized"}, 401)
        if self.status["discord"] != 200:
            return web.Response(status=self.status["discord"], text="<html>")
        at = f"guilds/{GUILD_ID}"
        answers: dict[str, Any] = {
            "users/@me": BOT,
            "applications/@me": APPLICATION,
            "oauth2/applications/@me": APPLICATION,
        }
        if self.member:
            answers |= {
                at: {
                    "id": GUILD_ID,
                    "name": "Cinema",
                    "owner_id": self.owner_id,
                    "roles": [
                        _role(GUILD_ID, "@everyone", 1 << 10),
                        _role(ROLE_ID, "Clapper", self.permissions),
                        *(
                            _role(role_id, f"role {role_id}", bits)
                            for role_id, bits in self.more_roles.items()
                        ),
                    ],
                },
                f"{at}/members/{BOT_ID}": {
                    "user": BOT,
                    "roles": [ROLE_ID, *self.more_roles],
                    "joined_at": "2026-01-01T00:00:00+00:00",
                    "deaf": False,
                    "mute": False,
                    "flags": 0,
                },
                f"{at}/channels": [
                    {"guild_id": GUILD_ID, "position": place, **channel}
                    for place, channel in enumerate(self.channels)
                ],
            }
        answer = answers.get(request.match_info["path"])
        if answer is None:
            return _as_discord({"code": 10004}, 404)
        return _as_discord(answer, 200)

    def _authorised(self, request: web.Request, scheme: str, name: str) -> bool:
        expected = f"{scheme} {NEEDED[f'CLAPPER_{name}']}"
        return request.headers.get("Authorization") == expected


def overwrite(target: str, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    """Return a channel's overwrite for a role or, of Clapper's id, for the member."""
    kind = 1 if target == BOT_ID else 0
    return {"id": target, "type": kind, "allow": str(allow), "deny": str(deny)}


def _as_discord(said: Any, status: int) -> web.Response:
    """Answer with JSON, and no character set beside it, as Discord does."""
    body = json.dumps(said).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def _role(role_id: str, name: str, permissions: int) -> dict[str, Any]:
    return {
        "id": role_id,
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
