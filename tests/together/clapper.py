"""One of several processes, to be killed, stopped, and cut off from the database."""

import os
import signal
import time
from pathlib import Path

from tests.lives.forked import ForkedBot
from tests.together.network import Network


class Clapper:
    """One of the processes, and its own network to the database."""

    def __init__(
        self, number: int, bot: ForkedBot, network: Network, spool: Path, listen: str
    ) -> None:
        self.number = number
        self.spool = spool
        self.listen = listen
        """Host and port of its page, its health and its metrics."""
        self.bot = bot
        self.network = network
        self.deaths: list[float] = []
        """When it was killed or told to end, in seconds since 1970."""

    async def kill(self) -> None:
        """Let it die without a word."""
        self.deaths.append(time.time())
        await self.bot.kill()

    async def stop(self) -> int:
        """End it politely; return its exit status."""
        self.deaths.append(time.time())
        return await self.bot.stop()

    def freeze(self) -> None:
        """Take the processor from it; its connections stay."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        assert self.bot.running
        assert self.bot.pid is not None
        os.kill(self.bot.pid, which)
