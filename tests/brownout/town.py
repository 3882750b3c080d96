"""One bot in a server of many channels: broken clips in some, healthy in others."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path

from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.records import Channel
from sandbox.evolink import Ending, EvolinkConfig, Life
from sandbox.evolink.tasks import Task
from tests.e2e.conftest import IMPATIENT, UNLIMITED
from tests.lives.forked import ForkedBot

HEALTHY, MOST_BROKEN = 8, 15
PATIENCE_S = 60.0
LATER_S = 3.0
"""So much later than without a fault healthy clips may come."""
QUIET_S = 2.0
"""What they take without a fault where the machine has time."""
SHORT_S, LONG_S = 2, 300
"""Promised for clips that a test ends, and for those whose progress is shown."""
READ_OFTEN, SHOWN_OFTEN = SHORT_S, LONG_S
"""Promised for clips in the making: those that take longer than promised are read often
at EvoLink, and those that take as long are shown often in Discord."""
APART_S = 0.5
"""Between two requests of those that stay in the making."""
UNHURRIED = SandboxConfig(rate_limits=RateLimits.none(), ack_window_s=60.0)


def within_s(usual_s: float) -> float:
    """Return how much later may be, on a machine where they usually take so long."""
    return LATER_S * max(1.0, usual_s / QUIET_S)


class Town:
    """Asks for clips, and says which were posted and when."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        add = partial(stage.discord.world.add_channel, stage.world.guild)
        self.healthy: Sequence[Channel] = [add(f"good-{n}") for n in range(HEALTHY)]
        self.broken: Sequence[Channel] = [add(f"bad-{n}") for n in range(MOST_BROKEN)]
        self.busy: Sequence[Channel] = [add(f"busy-{n}") for n in range(HEALTHY)]
        self.operators: Channel = add("operators")
        self.tokens: dict[int, str] = {}
        """Of the latest command in each channel: its status message is edited by it."""
        self.promised_s = SHORT_S
        """How long EvoLink says that the next clip takes."""
        self._round = 0

    async def keep_busy(self, promised_s: int = SHOWN_OFTEN) -> None:
        """Have clips in the making that do not end, as a bot in use has them.

        `SHOWN_OFTEN`: their status messages are edited one after another, each every
        5 s. `READ_OFTEN`: EvoLink is asked about them several times a second.
        """
        self.promised_s = promised_s
        for channel in self.busy:
            await self.begun(await self.ask([channel], "long"))
            await asyncio.sleep(APART_S)
        self.promised_s = SHORT_S

    async def ask(self, channels: Sequence[Channel], word: str) -> Sequence[str]:
        """Type `/video` once in each; return the prompts, each with `word`."""
        self._round += 1
        prompts = [f"{word} {self._round}x{n}." for n in range(len(channels))]

        async def one(channel: Channel, prompt: str) -> None:
            handle = await self.stage.discord.slash(
                self.stage.world.member, channel, "video", {"prompt": prompt}
            )
            await handle.response(timeout_s=PATIENCE_S)
            self.tokens[channel.id] = handle.interaction.token

        await asyncio.gather(*map(one, channels, prompts))
        return prompts

    async def begun(self, prompts: Sequence[str]) -> Sequence[Task]:
        """Wait until EvoLink has a task for each of these prompts."""
        tasks = self.stage.evolink.tasks.values
        await self.until(
            lambda: {one.order.prompt for one in tasks()}.issuperset(prompts)
        )
        return [one for one in tasks() if one.order.prompt in prompts]

    def end(self, tasks: Sequence[Task], ending: Ending = Ending.COMPLETED) -> None:
        """Let tasks end now, all in the same moment."""
        for task in tasks:
            life = Life(total_s=0.0, ending=ending)
            self.stage.evolink.tasks.change_life(task.id, life)

    def posted(self, channels: Sequence[Channel]) -> int:
        """Return how many clips and notices stand in these channels."""
        return sum(
            message.origin is None
            for channel in channels
            for message in self.stage.discord.messages(channel)
        )

    def ready(self, channels: Sequence[Channel]) -> int:
        """Return how many status messages there have had their last word."""
        return sum(
            message.origin is not None and "is ready" in message.text
            for channel in channels
            for message in self.stage.discord.messages(channel)
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true, however long a busy machine takes."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - it is about several services
                await asyncio.sleep(0.02)

    async def seconds_until_posted(
        self, channels: Sequence[Channel], count: int
    ) -> float:
        """Return how long it takes until so many more stand there."""
        began = time.monotonic()
        before = self.posted(channels)
        await self.until(lambda: self.posted(channels) >= before + count)
        return time.monotonic() - began

    async def until_read(self, tasks: Sequence[Task], way: str) -> None:
        """Wait until the link, or the reading, of one of these tasks is answered."""
        began_at = time.time()
        paths = {one.result_path for one in tasks}
        if way.startswith("reading"):
            paths = {"/v1/tasks/batch", *(f"/v1/tasks/{one.id}" for one in tasks)}
        await self.until(
            lambda: any(
                one.at >= began_at and one.path in paths and one.status == HTTPStatus.OK
                for one in self.stage.evolink.requests
            )
        )


@asynccontextmanager
async def open_town(
    zygote_path: Path, *, max_active_tasks: int = 100
) -> AsyncGenerator[Town]:
    """Begin a bot; in the end nothing may have been wrong."""
    towns: list[Town] = []
    config = EvolinkConfig(
        total_s=2 * LONG_S,
        estimated_time_s=lambda: towns[0].promised_s if towns else SHORT_S,
    )
    make_bot = partial(ForkedBot, zygote_path)
    async with open_stage(UNHURRIED, config, make_bot=make_bot) as stage:
        town = Town(stage)
        towns.append(town)
        await stage.bot.start(
            **UNLIMITED,
            **IMPATIENT,
            CLAPPER_OPERATOR__CHANNEL_ID=str(town.operators.id),
            CLAPPER_EVOLINK__MAX_ACTIVE_TASKS=str(max_active_tasks),
        )
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        yield town
        assert not re.search(r"Traceback \(most recent", stage.bot.log())


async def without_fault(town: Town) -> float:
    """Return how long healthy clips take."""
    tasks = await town.begun(await town.ask(town.healthy, "fine"))
    town.end(tasks)
    return await town.seconds_until_posted(town.healthy, HEALTHY)
