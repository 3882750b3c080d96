"""The real bot as a process of its own, to be stopped, killed and restarted."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

STOP_WITHIN_S = 12.0
"""The bot promises ten."""


class BotProcess:
    """One bot on one database. Its log goes to a file, over all its lives."""

    def __init__(self, settings: Mapping[str, str], log_file: Path) -> None:
        """Keep what to start.

        Args:
            settings: `CLAPPER_…` variables. Those of our own environment are left out,
                so that nobody's real key meets a stand-in.
            log_file: Where stdout and stderr are appended.
        """
        self.settings = dict(settings)
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The process id of its present or last life."""
        return None if self._process is None else self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit status of its last life; negative = the signal that ended it."""
        return None if self._process is None else self._process.returncode

    def log(self) -> str:
        """Return all that it has logged so far."""
        if not self._log_file.exists():
            return ""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    async def start(self, **settings: str) -> None:
        """Begin a life; `settings` replace or add variables for this one."""
        if self.running:
            return
        ours = {k: v for k, v in os.environ.items() if not k.startswith("CLAPPER_")}
        with self._log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command(),
                env={**ours, **self.settings, **settings},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def command(self) -> tuple[str, ...]:
        """Return the command line that a life begins with."""
        return (sys.executable, "-m", "bot", "run")

    async def ended(self) -> int:
        """Wait until it ends by itself, and return its exit status."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> int:
        """End it with SIGTERM, and return its exit status."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int:
        """End it with SIGKILL, as a crash or a power cut would."""
        return await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(how)
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return process.returncode
