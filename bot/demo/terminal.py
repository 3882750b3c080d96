"""The demo at a terminal: a person types `/video …` and sees what the channel shows."""

import asyncio
import re
import shlex
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.demo.stage import Stage
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.messages import Message
from sandbox.discord.records import User

HELP = """\
Type, for example:
  /video a paper boat on a city river
  /video mode:fun duration:10 aspect:9:16 prompt:a cat that conducts an orchestra
  /videos list      /usage      quit"""

OPTIONS = ("mode", "duration", "aspect")


class Terminal:
    """Reads lines from a person, and prints what changes in the channel."""

    def __init__(self, stage: Stage, clips: Path) -> None:
        self._stage = stage
        self._clips = clips
        self._shown: dict[int, str] = {}

    async def run(self) -> None:
        """Talk until the person leaves (`quit`, or the end of the input)."""
        say(HELP)
        watching = asyncio.create_task(self._watch(), name="channel")
        try:
            while (line := await asyncio.to_thread(sys.stdin.readline)) != "":
                if line.strip() in {"quit", "exit"}:
                    break
                if line.strip():
                    await self._obey(line.strip())
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _obey(self, line: str) -> None:
        world = self._stage.world
        try:
            command, options = parsed(line)
            handle = await self._stage.discord.slash(
                world.member, world.general, command, options
            )
            answer = await handle.answer()
        except (ClientRefused, ApplicationDidNotRespond, ValueError) as refusal:
            say(f"✗ {refusal}")
        else:
            if answer.ephemeral:
                names = {user.id: user.name for user in self._people()}
                say(f"(only you see this) {plain(answer.text, names)}")

    async def _watch(self) -> None:
        """Print messages as they come and change, and store the clips."""
        with self._stage.discord.subscribe() as changes:
            async for _ in changes:
                for message in self._stage.discord.messages(self._stage.world.general):
                    self._show(message)

    def _people(self) -> Iterable[User]:
        return self._stage.discord.world.users.values()

    def _show(self, message: Message) -> None:
        text = message.text
        if message.ephemeral or self._shown.get(message.id) == text:
            return
        self._shown[message.id] = text
        shown = plain(text, {user.id: user.name for user in self._people()})
        say("\n".join(f"  │ {line}" for line in shown.splitlines()))
        for path in store_clips(message, self._clips):
            say(f"  ▶ {path}")


def plain(text: str, names: Mapping[int, str]) -> str:
    """Return Discord's markup for people and times as a person would see it."""
    text = re.sub(
        r"<@(\d+)>", lambda one: f"@{names.get(int(one[1]), 'someone')}", text
    )
    return re.sub(r"<t:(\d+):R>", lambda one: _relative(int(one[1])), text)


def _relative(unix_s: int) -> str:
    left_s = round(unix_s - time.time())
    return f"in {left_s} s" if left_s >= 0 else f"{-left_s} s ago"


def parsed(line: str) -> tuple[str, dict[str, str | int]]:
    """Return the command and the options that a line means.

    What stands before the first option, or behind `prompt:`, is the prompt.

    Raises:
        ValueError: If the line is no command.
    """
    if not line.startswith("/"):
        msg = "Commands begin with a slash: try /video a red fox in the snow."
        raise ValueError(msg)
    name, _, rest = line[1:].partition(" ")
    if name != "video":
        return f"{name} {rest}".strip(), {}
    options: dict[str, str | int] = {}
    words: list[str] = []
    for word in shlex.split(rest.replace("'", "\\'")):
        key, colon, value = word.partition(":")
        if colon and key in OPTIONS:
            options[key] = int(value) if value.isdigit() else value
        else:
            words.append(value if colon and key == "prompt" else word)
    return name, {"prompt": " ".join(words), **options}


def store_clips(message: Message, folder: Path) -> list[Path]:
    """Write the videos of a message into a folder, and return where they lie."""
    paths = []
    for video in message.videos:
        path = folder / video.filename
        path.write_bytes(video.data)
        paths.append(path)
    return paths


def say(text: str) -> None:
    """Print something for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
