"""The gallery on a page of its own, served on loopback while it is open."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Page

from sandbox.discord.cdn import ROUTE
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world
from sandbox.page.server import STATIC
from tests.gallery.catalogue import GROUPS, Section
from tests.gallery.entry_json import Json, entry_json
from tests.gallery.scene import NOW, Scene
from tests.languages import strict_texts
from tests.page.visitor import PATIENCE_MS

OURS = Path(__file__).parent / "static"
PHONE_PX = 390
_LOOPBACK = "127.0.0.1"


class GalleryServer:
    """Shows one group in one language at a time."""

    def __init__(self, service: DiscordSandbox, world: StandardWorld) -> None:
        self._service = service
        self._world = world
        self._texts = strict_texts()
        self.url = ""

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what is served."""
        return [
            web.get("/", self._index),
            web.static("/static", STATIC),
            web.static("/gallery", OURS),
            web.get(ROUTE, self._service.cdn.serve),
            web.get("/api/gallery/{locale}/{group}", self._entries),
        ]

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(OURS / "gallery.html")

    async def _entries(self, request: web.Request) -> web.Response:
        locale, group = request.match_info["locale"], request.match_info["group"]
        scene = Scene(texts=self._texts, locale=locale, world=self._world)
        sections = GROUPS[group]
        return web.json_response([self._section(scene, one) for one in sections])

    def _section(self, scene: Scene, section: Section) -> Json:
        entries = [
            entry_json(self._service, scene, one) for one in section.entries(scene)
        ]
        return {
            "title": section.title,
            "isPrivate": section.private,
            "entries": entries,
        }


@asynccontextmanager
async def open_gallery() -> AsyncGenerator[GalleryServer]:
    """Open the gallery's page."""
    async with DiscordSandbox() as service:
        gallery = GalleryServer(service, standard_world(service.world))
        app = web.Application()
        app.add_routes(gallery.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        listening = socket.create_server((_LOOPBACK, 0))
        gallery.url = f"http://{_LOOPBACK}:{listening.getsockname()[1]}/"
        await web.SockSite(runner, listening).start()
        try:
            yield gallery
        finally:
            await runner.cleanup()


@asynccontextmanager
async def looked_at(
    browser: Browser,
    gallery: GalleryServer,
    locale: str,
    group: str,
    theme: str = "dark",
) -> AsyncGenerator[Page]:
    """Open a group on a phone, and give it out when everything stands."""
    context = await browser.new_context(
        viewport={"width": PHONE_PX, "height": 844},
        color_scheme="light" if theme == "light" else "dark",
        locale=locale,
        timezone_id="Europe/Berlin",
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.clock.set_fixed_time(NOW)
    await page.goto(f"{gallery.url}#/{locale}/{group}")
    await page.wait_for_selector("[data-stands]", state="attached")
    try:
        yield page
    finally:
        await context.close()
