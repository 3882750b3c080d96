"""A bot whose lives are forks of one process that has imported everything."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from bot.demo.bot_process import STOP_WITHIN_S, BotProcess


class ForkedBot(BotProcess):
    """The same program, settings and log as a `BotProcess`, but begun at once."""

    def __init__(
        self, zygote_path: Path, settings: Mapping[str, str], log_file: Path
    ) -> None:
        super().__init__(settings, log_file)
        self._zygote_path = zygote_path
        self._life_pid: int | None = None
        self._life: asyncio.Task[int] | None = None

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._life is not None and not self._life.done()

    @property
    def pid(self) -> int | None:
        """The process id of its present or last life."""
        return self._life_pid

    @property
    def returncode(self) -> int | None:
        """Exit status of its last life; negative = the signal that ended it."""
        if self._life is None or not self._life.done():
            return None
        return self._life.result()

    async def start(self, **settings: str) -> None:
        """Begin a life; `settings` replace or add variables for this one."""
        if self.running:
            return
        ours = {k: v for k, v in os.environ.items() if not k.startswith("CLAPPER_")}
        env = {**ours, **self.settings, **settings}
        self._lay_out_database(env["CLAPPER_STORAGE__URL"])
        asked = {"env": env, "log": str(self._log_file)}
        answers, wire = await asyncio.open_unix_connection(self._zygote_path)
        wire.write(json.dumps(asked).encode() + b"\n")
        await wire.drain()
        self._life_pid = int((await answers.readline()).split()[1])
        self._life = asyncio.create_task(_status(answers, wire), name="a life")

    def _lay_out_database(self, url: str) -> None:
        """Give the first life on a file a database that is migrated: it takes long."""
        kind, _, file = url.partition(":///")
        if kind == "sqlite" and not Path(file).exists():
            # As the program does.
            Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy(self._zygote_path.with_suffix(".db"), file)

    async def ended(self) -> int:
        """Wait until it ends by itself, and return its exit status."""
        assert self._life is not None
        return await asyncio.shield(self._life)

    async def _end(self, how: signal.Signals) -> int:
        if self._life is None:
            return 0
        if self.running and self._life_pid is not None:
            os.kill(self._life_pid, how)
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await self.ended()
            except TimeoutError:
                os.kill(self._life_pid, signal.SIGKILL)
        return await self.ended()


async def _status(answers: asyncio.StreamReader, wire: asyncio.StreamWriter) -> int:
    line = await answers.readline()
    wire.close()
    await wire.wait_closed()
    return int(line.split()[1])
