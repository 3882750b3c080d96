"""The usual bot with many jobs at once, measured as Clapper is."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.followed import take_jobs
from benchmarks.lives import Scale, evolink
from benchmarks.many_channels import open_many_channels
from benchmarks.outcome import Outcome
from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.records import Channel

_NAMES = {
    "DISCORD_TOKEN": "CLAPPER_DISCORD__TOKEN",
    "DISCORD_API": "CLAPPER_DISCORD__API_BASE",
    "DISCORD_GATEWAY": "CLAPPER_DISCORD__GATEWAY_URL",
    "EVOLINK_API": "CLAPPER_EVOLINK__BASE_URL",
    "EVOLINK_KEY": "CLAPPER_EVOLINK__API_KEY",
}


class UsualBotProcess(BotProcess):
    """The usual bot as a process of its own, asking every `interval_s` seconds."""

    def __init__(
        self, settings: Mapping[str, str], log_file: Path, *, interval_s: float
    ) -> None:
        ours = {name: settings[theirs] for name, theirs in _NAMES.items()}
        super().__init__(ours | {"POLL_EVERY_S": str(interval_s)}, log_file)

    def command(self) -> tuple[str, ...]:
        """Return the command line that a life begins with."""
        return (sys.executable, "-m", "benchmarks.usual_bot")


async def follow_usual(
    scale: Scale, interval_s: float, *, begin_in_s: float = 0.0
) -> Outcome:
    """Let the usual bot take jobs from the command to the clip, and count."""
    await asyncio.sleep(begin_in_s)
    process = partial(UsualBotProcess, interval_s=interval_s)
    async with open_many_channels(
        evolink(scale), jobs=scale.jobs, make_bot=process
    ) as (
        stage,
        channels,
    ):
        return await take_jobs(
            stage,
            channels,
            scale,
            name=f"usual bot, {interval_s:g} s",
            posted=_looking(stage, channels),
        )


def _looking(
    stage: Stage, channels: Sequence[Channel]
) -> Callable[[], Mapping[str, float]]:
    """Return how to see which tasks were answered for good, and when.

    The usual bot keeps no books: the messages show it, each by its last line, which is
    the prompt.
    """

    def look() -> Mapping[str, float]:
        at = {
            message.now.content.rpartition("\n")[2]: message.now.at_s
            for channel in channels
            for message in stage.discord.messages(channel)
            if _is_end(message)
        }
        return {
            task.id: at[task.order.prompt]
            for task in stage.evolink.tasks.values()
            if task.order.prompt in at
        }

    return look


def _is_end(message: Message) -> bool:
    """Whether it is a clip, or says that there will be none."""
    return bool(message.now.attachments) or message.now.content.startswith("Sorry")
