"""A bot that begins its lives as forks, which is five times as fast."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.demo.bot_process import STOP_WITHIN_S, BotProcess


class ForkedBot(BotProcess):
    """The same program, settings and log as a `BotProcess`."""

    def __init__(self, settings: Mapping[str, str], log_file: Path) -> None:
        super().__init__(settings, log_file)
        self._zygote: asyncio.subprocess.Process | None = None
        self._life_pid: int | None = None
        self._status: int | None = None
        self._ended = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self._life_pid is not None and not self._ended.is_set()

    @property
    def pid(self) -> int | None:
        return self._life_pid

    @property
    def returncode(self) -> int | None:
        return self._status

    async def start(self, **settings: str) -> None:
        assert not self.running
        zygote = self._zygote or await self._begin_zygote()
        ours = {k: v for k, v in os.environ.items() if not k.startswith("CLAPPER_")}
        asked = {
            "env": {**ours, **self.settings, **settings},
            "log": str(self._log_file),
        }
        assert zygote.stdin is not None
        assert zygote.stdout is not None
        self._ended.clear()
        zygote.stdin.write(json.dumps(asked).encode() + b"\n")
        await zygote.stdin.drain()
        self._life_pid = int((await zygote.stdout.readline()).split()[1])
        self._watching = asyncio.create_task(
            self._watch(zygote.stdout), name="end of a life"
        )

    async def ended(self) -> int:
        """Return the exit status once the present life is over."""
        await self._ended.wait()
        assert self._status is not None
        return self._status

    async def close(self) -> None:
        """End the present life, and what begins lives."""
        await self.kill()
        if self._zygote is not None:
            assert self._zygote.stdin is not None
            self._zygote.stdin.close()
            await self._zygote.wait()

    async def _end(self, how: signal.Signals) -> int:
        if self.running and self._life_pid is not None:
            os.kill(self._life_pid, how)
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await self.ended()
            except TimeoutError:
                os.kill(self._life_pid, signal.SIGKILL)
                await self.ended()
        return self._status or 0

    async def _begin_zygote(self) -> asyncio.subprocess.Process:
        self._zygote = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.crash.zygote"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self._zygote

    async def _watch(self, answers: asyncio.StreamReader) -> None:
        line = await answers.readline()
        self._status = int(line.split()[1]) if line else -signal.SIGKILL
        self._ended.set()
