"""People who ask for videos, and what came of each command."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.discord.handle import Handle
from sandbox.discord.records import Channel, Guild, User

BUSY = "my database is busy"
"""What members are told who could not be answered in time otherwise."""
_NOT_STARTED = "could not be started"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server with a channel and people who may ask for videos."""

    guild: Guild
    channel: Channel
    members: Sequence[User]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command that was typed. No two have the same prompt."""

    prompt: str
    place: Place
    user: User
    handle: Handle
    at_s: float

    @property
    def accepted(self) -> bool:
        """Whether everybody was shown that the video was taken."""
        message = self.handle.message
        return not (message is None or message.ephemeral or self.withdrawn)

    @property
    def refused(self) -> bool:
        """Whether the member was told that nothing came of it."""
        message = self.handle.message
        return self.withdrawn or (message is not None and message.ephemeral)

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken, and refused in the moment when it would have begun.

        Where the process died that read its picture, the answer says so.
        """
        message = self.handle.message
        return message is not None and (message.deleted or _NOT_STARTED in message.text)

    @property
    def answered(self) -> bool:
        """Whether there is an answer, or Discord said that there is none."""
        return self.handle.failed or self.accepted or self.refused

    @property
    def outcome(self) -> str:
        """What came of it, for people."""
        if self.handle.failed:
            return f"{self.prompt!r} was not answered"
        message = self.handle.message
        said = "nothing yet" if message is None else message.text
        return f"{self.prompt!r} was {'accepted' if self.accepted else 'told'}: {said}"
