"""The image's health check, as the real process that a container engine starts."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.operations.health import Health
from bot.web import build_web, serve_web
from storage.processes.only import OnlyProcess
from tests import callbacks
from tests.clock import FakeClock

ROOT = Path(__file__).parents[2]
KEPT = {"PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"}


async def nothing() -> None:
    return


async def no_jobs() -> int:
    return 0


def health(*, gateway: bool) -> Health:
    made = Health(
        clock=FakeClock(), database=nothing, open_jobs=no_jobs, processes=OnlyProcess()
    )
    if gateway:
        made.gateway_up()
    return made


async def probed(folder: Path, **env: str) -> tuple[int | None, str]:
    """Run the probe in an empty folder and return its status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.web.probe",
        cwd=folder,
        env={
            **{name: os.environ[name] for name in os.environ if name in KEPT},
            "PYTHONPATH": str(ROOT),
            "CLAPPER_DISCORD__TOKEN": "token-1",
            "CLAPPER_EVOLINK__API_KEY": "key-1",
            # A proxy of the environment must have no say in it.
            "http_proxy": "http://127.0.0.1:1",
            **env,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_it_succeeds_where_all_is_well(tmp_path: Path) -> None:
    async with serve_web(
        build_web(
            health(gateway=True), scrape=callbacks.nothing, callbacks=None, page=None
        ),
        "127.0.0.1:0",
    ) as address:
        listen = str(address).removeprefix("http://")
        status, said = await probed(tmp_path, CLAPPER_HTTP__LISTEN=listen)

    assert (status, '"healthy": true' in said) == (0, True)


async def test_it_fails_and_says_what_is_wrong(tmp_path: Path) -> None:
    async with serve_web(
        build_web(
            health(gateway=False), scrape=callbacks.nothing, callbacks=None, page=None
        ),
        "127.0.0.1:0",
    ) as address:
        port = str(address).rpartition(":")[2]
        status, said = await probed(tmp_path, CLAPPER_HTTP__LISTEN=f"0.0.0.0:{port}")

    assert (status, '"healthy": false' in said) == (1, True)


@pytest.mark.thorough
async def test_it_fails_where_nobody_answers(tmp_path: Path) -> None:
    status, said = await probed(tmp_path, CLAPPER_HTTP__LISTEN="127.0.0.1:1")

    assert status == 1
    assert said.startswith("http://127.0.0.1:1/healthz does not answer: ")
    assert len(said.splitlines()) == 1


@pytest.mark.thorough
async def test_an_endpoint_that_is_off_is_no_illness(tmp_path: Path) -> None:
    assert await probed(tmp_path, CLAPPER_HTTP__LISTEN="") == (0, "")


@pytest.mark.thorough
async def test_a_configuration_at_fault_is_said(tmp_path: Path) -> None:
    status, said = await probed(tmp_path, CLAPPER_HTTP__LISTEN="nonsense")

    assert status == 1
    assert "http.listen (CLAPPER_HTTP__LISTEN) must be HOST:PORT" in said
