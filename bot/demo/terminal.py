"""The demo at a terminal: a person types `/video …` and sees what the channel shows."""

import asyncio
import sys
from pathlib import Path

from bot.demo.command_line import Entity, LineError, Typed, name_of, read
from bot.demo.plain_text import text_of
from bot.demo.stage import Stage
from sandbox.discord.commands import Command
from sandbox.discord.components import ComponentType
from sandbox.discord.handle import ApplicationDidNotRespond, Handle
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.messages import Message
from sandbox.discord.records import Channel, User
from sandbox.discord.sight import Button
from sandbox.discord.wire import Json
from sandbox.page.sight import Sight

HELP = """\
Type, for example:
  /video a paper boat on a city river
  /video mode:fun duration:10 aspect:9:16 prompt:a cat that conducts an orchestra
  /videos list      /videos cancel      /usage      quit
  press Cancel      for a button that a message shows as [Cancel]"""
PRESS = "press "


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
        try:
            handle = await self._done(line)
            if handle is not None and (await handle.response()).modal is not None:
                say("✗ That opens a form, which only the page can show.")
        except (ClientRefused, ApplicationDidNotRespond, LineError) as refusal:
            say(f"✗ {refusal}")

    async def _done(self, line: str) -> Handle | None:
        """Do what a line says; returns None if something is missing for it."""
        discord = self._stage.discord
        if line.startswith(PRESS):
            message, button = self._button(line.removeprefix(PRESS).strip())
            return await discord.press(self._me, message, str(button.custom_id))
        typed = read(line, self._offered(), self._entities())
        if typed.missing is not None:
            await self._ask_for(typed, typed.missing)
            return None
        return await discord.slash(self._me, self._here, typed.command, typed.options)

    def _button(self, label: str) -> tuple[Message, Button]:
        """Return the latest button of that name, with its message.

        Raises:
            LineError: If there is none, with those that there are.
        """
        there: list[str] = []
        for message in reversed(self._visible()):
            for button in buttons_of(message):
                if button.label.lower() == label.strip("[]").lower():
                    return message, button
                there.append(button.label)
        words = ", ".join(dict.fromkeys(there)) or "none so far"
        msg = f"There is no button {label}. There are: {words}."
        raise LineError(msg)

    async def _ask_for(self, typed: Typed, option: Json) -> None:
        """Say which option is missing, and what the bot suggests for it."""
        name, shown = option["name"], name_of(option)
        say(f"✗ /{typed.command} needs {shown}: {option['description']}")
        if not option.get("autocomplete"):
            return
        asked = await self._stage.discord.autocomplete(
            self._me, self._here, typed.command, (name, ""), typed.options
        )
        choices = (await asked.response()).choices
        for choice in choices:
            say(f"  /{typed.command} {shown}:{choice['value']}   {choice['name']}")
        if not choices:
            say("  There is nothing to choose from at the moment.")

    @property
    def _me(self) -> User:
        return self._stage.world.member

    @property
    def _here(self) -> Channel:
        return self._stage.world.general

    def _visible(self) -> list[Message]:
        sight = Sight(self._stage.discord, self._me)
        messages = self._stage.discord.messages(self._here)
        return [one for one in messages if sight.sees(one) and not one.loading]

    def _offered(self) -> list[Command]:
        return self._stage.discord.offered(self._me, self._here)

    def _entities(self) -> list[Entity]:
        guild = self._stage.world.guild
        people = [member.user for member in guild.members.values()]
        return [*people, *guild.roles.values(), *guild.channels.values()]

    async def _watch(self) -> None:
        """Print messages as they come and change, and store the clips."""
        with self._stage.discord.subscribe() as changes:
            async for _ in changes:
                for message in self._visible():
                    self._show(message)

    def _show(self, message: Message) -> None:
        if self._shown.get(message.id) == message.text:
            return
        self._shown[message.id] = message.text
        names = Sight(self._stage.discord, self._me).names
        text = text_of(message, names, self._stage.discord.clock.now_s())
        lines = [f"  │ {line}" for line in text.splitlines()]
        if buttons := " ".join(f"[{one.label}]" for one in buttons_of(message)):
            lines.append(f"  │ {buttons}")
        if message.ephemeral:
            lines.insert(0, "  (only you see this)")
        say("\n".join(lines))
        for path in store_clips(message, self._clips):
            say(f"  ▶ {path}")


def buttons_of(message: Message) -> list[Button]:
    """Return the buttons of a message that somebody can press."""
    return [
        one
        for one in message.buttons
        if one.kind is ComponentType.BUTTON and one.custom_id and not one.disabled
    ]


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
