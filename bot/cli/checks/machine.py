"""What this machine must have free for the bot: a port, and folders to write into."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.cli.checks.finding import Finding, bad, note
from bot.config import Config
from bot.config.addresses import listen_address


def machine_findings(config: Config) -> Iterator[Finding]:
    """Say what is not free. Nothing is created."""
    if config.http.listen and _is_taken(config.http.listen):
        yield note(
            f"{config.http.listen} (http.listen) is in use: by Clapper, if it is"
            " running; else stop what uses it, or set another port."
        )
    yield from folder_findings(config.storage.spool_dir, "storage.spool_dir")


def folder_findings(folder: Path, setting: str) -> Iterator[Finding]:
    """Say if a folder, or else the one it would be made in, takes no files."""
    if not _may_be_written(folder):
        yield bad(
            f"The folder {folder} cannot be written: give this user the right to,"
            f" or set {setting}."
        )


def _is_taken(listen: str) -> bool:
    host, port = listen_address(listen)
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family)) as tried:
            # As the bot itself does: a connection that has just ended is no obstacle.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError:
        return True
    return False


def _may_be_written(folder: Path) -> bool:
    above = (folder, *folder.absolute().parents)
    try:
        nearest = next(one for one in above if one.exists())
    except OSError:  # it lies where we may not even look
        return False
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
