"""What stands in the channels about each command, found without reading all again.

These tests run in the event loop of both stand-ins and of the processes' networks: who
reads thousands of messages there keeps all processes waiting.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from sandbox.discord.messages import Message
from sandbox.discord.records import Channel
from sandbox.discord.server import DiscordSandbox

_NUMBERED = re.compile(r"number \d+ of many")


def prompt_of(about: str, number: int) -> str:
    """Return the prompt of a command; no two numbers are the same."""
    return f"{about} number {number} of many."


class Posts:
    """The messages that are no answers to commands; each is read once."""

    def __init__(self, discord: DiscordSandbox) -> None:
        self._discord = discord
        self._read: dict[int, int] = defaultdict(int)
        """How many messages of each channel have been read."""
        self._found: dict[tuple[int, str], list[Message]] = defaultdict(list)
        """By their channel, and by the numbers in them."""

    def about(self, prompt: str, channel: Channel) -> Sequence[Message]:
        """Return the messages with a command's prompt, the oldest first."""
        self._read_on(channel)
        number = _NUMBERED.search(prompt)
        assert number is not None, prompt
        # Markers and full stops are escaped in messages.
        words = prompt.rpartition("]]")[2].removesuffix(".")
        found = self._found.get((channel.id, number[0]), ())
        return [one for one in found if words in one.text]

    def _read_on(self, channel: Channel) -> None:
        messages = self._discord.all_messages(channel)
        for message in messages[self._read[channel.id] :]:
            if message.origin is None:
                for number in {*_NUMBERED.findall(message.text)}:
                    self._found[channel.id, number].append(message)
        self._read[channel.id] = len(messages)
