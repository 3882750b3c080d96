"""What a person sees after they did something: the bot's answer, or that none came."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.discord.feed import Feed
from sandbox.discord.interactions import Interaction, Interactions, Modal, ResponseKind
from sandbox.discord.messages import Message
from sandbox.discord.wire import Json

_PATIENCE_S = 60.0
"""How long to wait unless told otherwise; generous, for machines that are busy."""


class ApplicationDidNotRespond(Exception):
    """The bot did not answer in time, as Discord tells the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The first answer to an interaction."""

    kind: ResponseKind
    message: Message | None
    """The message that answers; for answers on a message, that one."""
    modal: Modal | None
    choices: list[Json]
    """What was suggested while typing."""

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the answer."""
        return self.message is not None and self.message.ephemeral


class Handle:
    """One thing that somebody did, to see what comes of it."""

    def __init__(
        self,
        interaction: Interaction,
        *,
        interactions: Interactions,
        feed: Feed,
    ) -> None:
        self.interaction = interaction
        self._interactions = interactions
        self._feed = feed

    @property
    def failed(self) -> bool:
        """Whether Discord told the person that the application did not respond."""
        return self._interactions.has_failed(self.interaction)

    @property
    def acknowledged_after_s(self) -> float | None:
        """How long the first answer took, in seconds of the clock; None so far."""
        at_s = self.interaction.acknowledged_s
        return None if at_s is None else at_s - self.interaction.opened_s

    @property
    def message(self) -> Message | None:
        """The message that @original stands for; None if there is none so far."""
        return self.interaction.original

    @property
    def modal(self) -> Modal | None:
        """The form that was put before the person, if any."""
        return self.interaction.modal

    @property
    def followups(self) -> list[Message]:
        """What came after the first answer through the same token."""
        return list(self.interaction.followups)

    async def response(self, timeout_s: float = _PATIENCE_S) -> Response:
        """Return the first answer.

        Raises:
            ApplicationDidNotRespond: If the window closed without one.
            TimeoutError: If neither happens within `timeout_s` real seconds, which
                only a stopped clock can bring about.
        """
        interaction = self.interaction
        await self._wait(
            lambda: interaction.response is not None or self.failed, timeout_s
        )
        if interaction.response is None:
            msg = "the application did not respond"
            raise ApplicationDidNotRespond(msg)
        return Response(
            kind=interaction.response,
            message=interaction.original,
            modal=interaction.modal,
            choices=interaction.choices,
        )

    async def answer(self, timeout_s: float = _PATIENCE_S) -> Message:
        """Return the message that answers, once it no longer says "is thinking".

        Raises:
            ApplicationDidNotRespond: If the window closed without an answer.
            TimeoutError: If it is still thinking after `timeout_s` real seconds.
            LookupError: If the answer was no message.
        """
        message = (await self.response(timeout_s)).message
        if message is None:
            msg = "the bot answered, but not with a message"
            raise LookupError(msg)
        await self._wait(lambda: not message.loading, timeout_s)
        return message

    async def followup(self, index: int = 0, timeout_s: float = _PATIENCE_S) -> Message:
        """Return a follow-up, counted from 0, once it is there.

        Raises:
            TimeoutError: If it does not come within `timeout_s` real seconds.
        """
        followups = self.interaction.followups
        await self._wait(lambda: len(followups) > index, timeout_s)
        return followups[index]

    def kill_token(self) -> None:
        """Let the token be refused from now on, as if 15 minutes had passed."""
        self.interaction.token_dead = True

    async def _wait(self, condition: Callable[[], bool], timeout_s: float) -> None:
        await self._feed.wait_until(condition, timeout_s)
