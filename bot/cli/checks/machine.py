"""What this machine must have free for the bot: a port, and folders to write into."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.cli.checks.finding import Finding, bad, note
from bot.config import Config
from bot.config.addresses import listen_address
from bot.errors import StartupError
from storage.database.address import Address
from storage.database.lock import holder


def machine_findings(config: Config) -> Iterator[Finding]:
    """Say what is not free. Nothing is created."""
    if config.http.listen:
        yield from _address_findings(config.http.listen, config.storage.url)
    yield from folder_findings(config.storage.spool_dir, "storage.spool_dir")


def folder_findings(folder: Path, setting: str) -> Iterator[Finding]:
    """Say if a folder, or else the one it would be made in, takes no files."""
    if not _may_be_written(folder):
        yield bad(
            f"The folder {folder} cannot be written: give this user the right to,"
            f" or set {setting}."
        )


def _address_findings(listen: str, url: str) -> Iterator[Finding]:
    fault = _fault_of(listen)
    if fault is None:
        return
    if fault.errno == errno.EADDRNOTAVAIL:
        yield bad(
            f"{listen} (http.listen) is no address of this machine: set one that is,"
            " such as 127.0.0.1, or 0.0.0.0 for all of them."
        )
        return
    if fault.errno != errno.EADDRINUSE:
        reason = fault.strerror or type(fault).__name__
        yield bad(f"{listen} (http.listen) cannot be used: {reason}.")
        return
    running = _running(url)
    if running is None:
        yield bad(
            f"{listen} (http.listen) is in use, and not by a Clapper on this database:"
            " stop what uses it, or set another port."
        )
    elif running:
        yield note(f"{listen} (http.listen) is in use: Clapper runs ({running}).")
    else:
        yield note(
            f"{listen} (http.listen) is in use: by Clapper, if it is running; else stop"
            " what uses it, or set another port."
        )


def _running(url: str) -> str | None:
    """Return which process works on the database; None = none, empty = unknown."""
    try:
        if Address.parse(url).file is None:
            return ""
        process = holder(url)
    except (StartupError, OSError):  # what is wrong with it has a finding of its own
        return ""
    return None if process is None else f"process {process}"


def _fault_of(listen: str) -> OSError | None:
    """Return why the bot could not listen there; None = it could."""
    host, port = listen_address(listen)
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family)) as tried:
            # As the bot itself does: a connection that has just ended is no obstacle.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        return error
    return None


def _may_be_written(folder: Path) -> bool:
    above = (folder, *folder.absolute().parents)
    try:
        nearest = next(one for one in above if one.exists())
    except OSError:  # it lies where we may not even look
        return False
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
