"""Interactions, the bot's answers to them, and their deadlines.

Sources: Discord docs, "Receiving and Responding to Interactions"; the codes of late
answers are those the public bug trackers report.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from sandbox.discord.clock import Clock
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.messages import Message, Origin
from sandbox.discord.records import Channel, Guild, User
from sandbox.discord.refusals import ApiError, Refusal, form_error
from sandbox.discord.wire import Json, Mint


class InteractionKind(IntEnum):
    """What was done (Discord docs: Interaction Type)."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class ResponseKind(IntEnum):
    """How the bot answered (Discord docs: Interaction Callback Type)."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A form that the bot put before somebody."""

    custom_id: str
    title: str
    components: tuple[Json, ...]
    opened_by: "Interaction" = field(repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """One thing that one person did, and all that came of it."""

    id: int
    token: str = field(repr=False)
    kind: InteractionKind
    user: User
    channel: Channel
    guild: Guild | None
    data: Json
    origin: Origin
    opened_s: float
    """When it was set off, in seconds since 1970."""
    attachment_limit_bytes: int
    source: Message | None = None
    """The message its button or modal belongs to."""
    response: ResponseKind | None = None
    """None until the bot answered in time."""
    acknowledged_s: float | None = None
    original: Message | None = None
    """The message that @original stands for."""
    followups: list[Message] = field(default_factory=list)
    modal: Modal | None = None
    choices: list[Json] = field(default_factory=list)
    token_dead: bool = False
    """Set by tests: the token is refused from now on, whatever the time."""

    def owns(self, message: Message) -> bool:
        """Whether the token may read and change a message."""
        return message is self.original or message in self.followups


class Interactions:
    """Remembers every interaction and decides what its token is still good for."""

    def __init__(
        self,
        *,
        clock: Clock,
        mint: Mint,
        feed: Feed,
        ack_window_s: float,
        token_life_s: float,
    ) -> None:
        self._clock = clock
        self._mint = mint
        self._feed = feed
        self.ack_window_s = ack_window_s
        self.token_life_s = token_life_s
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def open(self, build: Callable[[int, str, float], Interaction]) -> Interaction:
        """Remember a new interaction made by `build` from an id, token and moment."""
        interaction = build(
            self._mint.new_id(), secrets.token_urlsafe(96), self._clock.now_s()
        )
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        self._feed.publish(
            ChangeKind.INTERACTION_OPENED,
            channel_id=interaction.channel.id,
            interaction_id=interaction.id,
        )
        return interaction

    def has_failed(self, interaction: Interaction) -> bool:
        """Whether the user was told that the application did not respond."""
        if interaction.response is not None:
            return False
        return self._clock.now_s() >= interaction.opened_s + self.ack_window_s

    async def watch(self, interaction: Interaction) -> None:
        """Wait out the window of an interaction and tell if nobody answered in it."""
        await self._clock.reach(interaction.opened_s + self.ack_window_s)
        if interaction.response is None:
            self._feed.publish(
                ChangeKind.INTERACTION_FAILED,
                channel_id=interaction.channel.id,
                interaction_id=interaction.id,
            )

    def to_acknowledge(self, interaction_id: int | None, token: str) -> Interaction:
        """Return an interaction that may still be answered for the first time.

        Raises:
            ApiError: 10062 if it is unknown or was left unanswered for too long,
                40060 if it was answered already.
        """
        interaction = self._by_id.get(interaction_id or 0)
        if interaction is None or interaction.token != token:
            raise Refusal.UNKNOWN_INTERACTION.error()
        if interaction.response is not None:
            raise Refusal.ALREADY_ACKNOWLEDGED.error()
        if interaction.token_dead or self.has_failed(interaction):
            raise Refusal.UNKNOWN_INTERACTION.error()
        return interaction

    def acknowledge(self, interaction: Interaction, response: ResponseKind) -> None:
        """Note that the bot answered."""
        interaction.response = response
        interaction.acknowledged_s = self._clock.now_s()
        self._feed.publish(
            ChangeKind.INTERACTION_ANSWERED,
            channel_id=interaction.channel.id,
            interaction_id=interaction.id,
            detail={"type": int(response)},
        )

    def behind_token(self, token: str) -> Interaction:
        """Return the interaction whose token this is, for follow-ups and edits.

        Raises:
            ApiError: 50027 if the token is none or no longer one; 10015 while the
                interaction is not answered, for then its webhook is not there yet.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.token_dead:
            raise Refusal.INVALID_WEBHOOK_TOKEN.error()
        age_s = self._clock.now_s() - interaction.opened_s
        if age_s >= self.token_life_s:
            raise Refusal.INVALID_WEBHOOK_TOKEN.error()
        if interaction.response is None:
            raise Refusal.UNKNOWN_WEBHOOK.error()
        return interaction


def not_an_answer_to_this() -> ApiError:
    """Return the refusal of an answer that does not fit what was done."""
    words = "This type of response does not fit the interaction."
    return form_error(("type",), "BASE_TYPE_CHOICES", words)
