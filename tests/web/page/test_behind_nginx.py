"""A real reverse proxy on the same machine does not open the page by being there."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.texts.texts import Texts
from tests.clock import FakeClock
from tests.crash.test_callbacks_at_work import free_port
from tests.selection import thorough
from tests.web.page.sample import TOKEN, make_page, served

SHOWN = "What needed a person"
CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {address};
            {more}
        }}
    }}
}}
"""
NAMES_HOST = "proxy_set_header Host $host;"
NAMES_CALLER = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
NEWER = "proxy_http_version 1.1; " + NAMES_CALLER


@asynccontextmanager
async def nginx(folder: Path, address: str, more: str) -> AsyncGenerator[str]:
    """Pass on requests to an address, and give the address that takes them."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("there is no nginx on this machine")
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, address=address, more=more)
    )
    process = await asyncio.create_subprocess_exec(
        *(program, "-p", str(folder), "-e", str(folder / "errors"), "-c", str(config))
    )
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except ConnectionRefusedError:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        await process.wait()


async def ask(address: str, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize("more", ["", *thorough(NAMES_HOST, NAMES_CALLER, NEWER)])
async def test_what_it_passes_on_is_not_from_this_machine(
    tmp_path: Path, texts: Texts, clock: FakeClock, more: str
) -> None:
    """By default it asks for the address it connects to, and says nothing else."""
    async with (
        served(make_page(texts, clock)) as address,
        nginx(tmp_path, address, more) as proxy,
    ):
        assert (await ask(address))[0] == 200
        status, shown = await ask(proxy, Host="clapper.example.org")

    assert status == 403
    assert SHOWN not in shown


async def test_with_a_token_it_may_stand_in_front(
    tmp_path: Path, texts: Texts, clock: FakeClock
) -> None:
    async with (
        served(make_page(texts, clock, token=TOKEN)) as address,
        nginx(tmp_path, address, NAMES_HOST) as proxy,
    ):
        assert (await ask(proxy, Host="page.example.org"))[0] == 401
        status, shown = await ask(proxy, Authorization=f"Bearer {TOKEN}")

    assert (status, SHOWN in shown) == (200, True)
