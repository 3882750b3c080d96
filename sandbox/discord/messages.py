"""A message from its first version to its end, and who was called by it.

Knows how messages look, not when they may be sent.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

from sandbox.discord import sight
from sandbox.discord.composition import Attachment, Composition, MessageFlag
from sandbox.discord.records import User
from sandbox.discord.sight import Button, Video
from sandbox.discord.wire import Json


class MessageType(IntEnum):
    """How a message came to be (Discord docs: Message Types)."""

    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The interaction a message answers."""

    interaction_id: int
    interaction_type: int
    user: User
    command_name: str | None
    metadata: Json
    """What the message's interaction_metadata says."""


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message in a channel, from its first version to its end."""

    id: int
    channel_id: int
    author: User
    type: MessageType
    versions: list[Composition]
    """All it ever said; the last is what it says now."""
    nonce: str | int | None = None
    mentions: tuple[int, ...] = ()
    """The users it mentions now, ids. Who was really called is `pinged`."""
    mention_roles: tuple[int, ...] = ()
    mention_everyone: bool = False
    pinged: frozenset[int] = frozenset()
    """The users who were notified. Only sending notifies, editing never does."""
    ephemeral_for: User | None = None
    origin: Origin | None = None
    reply_to_id: int | None = None
    edited_s: float | None = None
    """When it was last edited; filling in a deferred answer is no edit."""
    deleted: bool = False

    @property
    def now(self) -> Composition:
        """What it says now."""
        return self.versions[-1]

    @property
    def history(self) -> list[Composition]:
        """What it said before, oldest first."""
        return self.versions[:-1]

    @property
    def edits(self) -> int:
        """How often it was changed."""
        return len(self.versions) - 1

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.ephemeral_for is not None

    @property
    def loading(self) -> bool:
        """Whether it is a deferred answer that still says the bot is thinking."""
        return bool(self.now.flags & MessageFlag.LOADING)

    @property
    def content(self) -> str:
        """The plain text, without embeds and components."""
        return self.now.content

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """All files it carries, also those shown by its components."""
        return self.now.attachments

    @property
    def text(self) -> str:
        """Everything a person reads in it, top to bottom, a line for each part."""
        return sight.text_of(self.now)

    @property
    def buttons(self) -> list[Button]:
        """Its buttons and select menus, in the order one sees them."""
        return list(sight.buttons_of(self.now))

    @property
    def videos(self) -> list[Video]:
        """The videos in it that play in place."""
        return list(sight.videos_of(self.now))

    def button(self, custom_id_or_label: str) -> Button:
        """Return the button or menu with this custom id, else with this label.

        Raises:
            LookupError: If there is none, with what there is.
        """
        for one in self.buttons:
            if custom_id_or_label in {one.custom_id, one.label}:
                return one
        there = [one.label or one.custom_id for one in self.buttons]
        msg = f"no button {custom_id_or_label!r} among {there}"
        raise LookupError(msg)

    def compose(self, **changes: object) -> Composition:
        """Return what it says now with some fields changed."""
        return replace(self.now, **changes)  # type: ignore[arg-type]  # field by field
