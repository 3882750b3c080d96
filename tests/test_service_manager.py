"""What is read of the variables that systemd sets, and how it is told."""

import asyncio
import os
import socket

import pytest

from bot.service_manager import ServiceManager


def listener(name: str) -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    found.bind(name)
    found.settimeout(0)
    return found


def test_an_abstract_socket_is_told_too() -> None:
    name = f"clapper-test-{os.getpid()}"
    with listener(f"\0{name}") as manager:
        ServiceManager.of({"NOTIFY_SOCKET": f"@{name}"}).ready()

        assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "300000", "WATCHDOG_PID": "1"},
    ],
)
async def test_without_a_watchdog_there_are_no_signs_of_life(
    env: dict[str, str],
) -> None:
    name = f"clapper-test-{os.getpid()}"
    with listener(f"\0{name}") as manager:
        told = ServiceManager.of({"NOTIFY_SOCKET": f"@{name}", **env})
        async with told.watched():
            await asyncio.sleep(0)  # it would give one at once
            told.stopping()

        assert manager.recv(100) == b"STOPPING=1"
        with pytest.raises(BlockingIOError):
            manager.recv(100)
