"""What systemd hears of the real program, over a socket like its own."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.channel import PATIENCE_S
from tests.e2e.conftest import OpenStage


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Listen where systemd would."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(0)
        yield listener


async def heard(manager: socket.socket) -> str:
    async with asyncio.timeout(PATIENCE_S):
        loop = asyncio.get_running_loop()
        return (await loop.sock_recv(manager, 4096)).decode()


async def test_systemd_hears_of_the_start_of_signs_of_life_and_of_the_end(
    open_world: OpenStage, manager: socket.socket
) -> None:
    stage = await open_world(start=False)
    watched = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "300000"}

    await stage.bot.start(**watched)
    first = await heard(manager)
    signs = [await heard(manager) for _ in range(3)]
    assert stage.bot.pid is not None
    os.kill(stage.bot.pid, signal.SIGTERM)
    while (last := await heard(manager)) == "WATCHDOG=1":
        pass
    status = await stage.bot.ended()

    assert first == "READY=1"
    assert signs == ["WATCHDOG=1"] * 3
    assert last == "STOPPING=1"
    assert status == 0


@pytest.mark.thorough
async def test_it_is_not_ready_where_it_cannot_begin(
    open_world: OpenStage, manager: socket.socket
) -> None:
    stage = await open_world(start=False)

    await stage.bot.start(
        NOTIFY_SOCKET=manager.getsockname(),
        CLAPPER_EVOLINK__API_KEY="a-wrong-key-0123456789",
    )
    status = await stage.bot.ended()

    assert status == 1
    with pytest.raises(BlockingIOError):
        manager.recv(4096)


@pytest.mark.thorough
async def test_nobody_who_listens_is_no_reason_to_stop(
    open_world: OpenStage, tmp_path: Path
) -> None:
    stage = await open_world(start=False)

    await stage.bot.start(NOTIFY_SOCKET=str(tmp_path / "nobody"))
    await stage.discord.wait_ready(["video"], PATIENCE_S)

    assert "systemd not told" in stage.bot.log()
    assert await stage.bot.stop() == 0
