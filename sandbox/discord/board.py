"""All messages there are: posted, edited, deleted, and found again.

Whether somebody may do that here is asked before, by the REST endpoints.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sandbox.discord.cdn import Cdn
from sandbox.discord.clock import Clock
from sandbox.discord.composition import Composition, MessageFlag
from sandbox.discord.dispatches import Dispatch, DispatchLine, Intent
from sandbox.discord.drafting import Drafter, Upload, check_sizes
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.mentions import (
    IN_MESSAGES,
    IN_RESPONSES,
    Allowances,
    Mentions,
    called,
    mentions_in,
)
from sandbox.discord.message_payloads import MessagePayloads
from sandbox.discord.message_rules import check_composition, check_request
from sandbox.discord.messages import Message, MessageType, Origin
from sandbox.discord.records import Channel, User
from sandbox.discord.refusals import Refusal
from sandbox.discord.wire import Json, Mint
from sandbox.discord.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message that somebody wants to post."""

    author: User
    channel: Channel
    body: Json
    """The request: content, embeds, components, flags, attachments and so on."""
    uploads: Sequence[Upload] = ()
    limit_bytes: int
    """The largest file allowed."""
    pings_by_default: Collection[str] = IN_MESSAGES
    type: MessageType = MessageType.DEFAULT
    origin: Origin | None = None
    ephemeral_for: User | None = None
    reply_to_id: int | None = None


@dataclass(slots=True, kw_only=True)
class _Nonce:
    message: Message
    at_s: float


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What messages live among."""

    world: World
    clock: Clock
    mint: Mint
    line: DispatchLine
    feed: Feed
    cdn: Cdn
    payloads: MessagePayloads
    nonce_window_s: float
    """How long a nonce is remembered; Discord says "the past few minutes"."""


class Board:
    """Holds every message by its id."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._drafter = Drafter(surroundings.mint, surroundings.cdn)
        self._messages: dict[int, Message] = {}
        self._by_channel: dict[int, list[Message]] = defaultdict(list)
        self._nonces: dict[tuple[int, str], _Nonce] = {}

    # ---- finding -----------------------------------------------------------------

    def all_in(self, channel: Channel) -> list[Message]:
        """Return the messages of a channel, oldest first, deleted ones too."""
        return list(self._by_channel[channel.id])

    def reachable_in(self, channel: Channel) -> list[Message]:
        """Return what a bot's token can read there: no ephemeral, no deleted ones."""
        return [
            one for one in self.all_in(channel) if not one.deleted and not one.ephemeral
        ]

    def find(self, message_id: int | None) -> Message | None:
        """Return a message that is there, ephemeral or not."""
        message = self._messages.get(message_id or 0)
        return None if message is None or message.deleted else message

    def payload(self, message: Message) -> Json:
        """Return a message as the bot may read it."""
        reply_to = self.find(message.reply_to_id)
        return self._around.payloads.read_by_bot(message, reply_to)

    def full_payload(self, message: Message) -> Json:
        """Return a message with everything in it, as an interaction carries it."""
        reply_to = self.find(message.reply_to_id)
        return self._around.payloads.written(message, reply_to)

    def posted_with_nonce(self, author: User, body: Json) -> Message | None:
        """Return the message that an enforced nonce already made, None if none did.

        Raises:
            ApiError: 10008 if it made one that was deleted since.
        """
        nonce = body.get("nonce")
        if nonce is None or not body.get("enforce_nonce"):
            return None
        known = self._nonces.get((author.id, str(nonce)))
        age_s = self._around.clock.now_s() - known.at_s if known else 0.0
        if known is None or age_s >= self._around.nonce_window_s:
            return None
        if known.message.deleted:
            raise Refusal.UNKNOWN_MESSAGE.error()
        return known.message

    # ---- changing ----------------------------------------------------------------

    def post(self, posting: Posting) -> Message:
        """Post a new message, and notify those whom it may.

        Raises:
            ApiError: If Discord would not take it; nothing happened then.
        """
        around = self._around
        body, channel = posting.body, posting.channel
        now_s = around.clock.now_s()
        check_request(body)
        check_sizes(posting.uploads, posting.limit_bytes)
        draft = self._drafter.new(channel.id, body, posting.uploads, now_s)
        check_composition(draft.composition, draft.uploaded)
        composition = draft.composition
        if posting.ephemeral_for is not None:
            flags = composition.flags | MessageFlag.EPHEMERAL
            composition = replace(composition, flags=flags)
        for file in draft.uploaded:
            around.cdn.keep(file)
        message = self._new(posting, composition)
        self._call(message, posting)
        self._enter(message, channel)
        return message

    def post_loading(self, posting: Posting) -> Message:
        """Post a message that says the bot is thinking."""
        flags = int(MessageFlag.LOADING)
        if posting.ephemeral_for is not None:
            flags |= MessageFlag.EPHEMERAL
        empty = Composition(at_s=self._around.clock.now_s(), flags=flags)
        message = self._new(posting, empty)
        self._enter(message, posting.channel)
        return message

    def edit(
        self,
        message: Message,
        body: Json,
        uploads: Sequence[Upload],
        limit_bytes: int,
    ) -> Message:
        """Edit a message; nobody is notified.

        Raises:
            ApiError: If Discord would not take it; nothing happened then.
        """
        around = self._around
        check_request(body)
        check_sizes(uploads, limit_bytes)
        before = message.now
        draft = self._drafter.changed(before, message.channel_id, body, uploads)
        check_composition(draft.composition, draft.uploaded)
        now_s = around.clock.now_s()
        message.versions.append(replace(draft.composition, at_s=now_s))
        if not before.flags & MessageFlag.LOADING:
            message.edited_s = now_s
        for file in draft.uploaded:
            around.cdn.keep(file)
        for file in before.attachments:
            if file not in message.attachments:
                around.cdn.drop(file)
        by_default = IN_RESPONSES if message.origin else IN_MESSAGES
        self._set_mentions(message, self._mentions(message, body, by_default))
        self._tell(message, "MESSAGE_UPDATE", ChangeKind.MESSAGE_EDITED)
        return message

    def delete(self, message: Message) -> None:
        """Delete a message and its files."""
        message.deleted = True
        for file in message.attachments:
            self._around.cdn.drop(file)
        self._tell(message, "MESSAGE_DELETE", ChangeKind.MESSAGE_DELETED)

    def _new(self, posting: Posting, composition: Composition) -> Message:
        return Message(
            id=self._around.mint.new_id(),
            channel_id=posting.channel.id,
            author=posting.author,
            type=posting.type,
            versions=[composition],
            nonce=posting.body.get("nonce"),
            ephemeral_for=posting.ephemeral_for,
            origin=posting.origin,
            reply_to_id=posting.reply_to_id,
        )

    def _enter(self, message: Message, channel: Channel) -> None:
        self._messages[message.id] = message
        self._by_channel[channel.id].append(message)
        if not message.ephemeral:
            channel.last_message_id = message.id
        if message.nonce is not None:
            key = (message.author.id, str(message.nonce))
            at_s = self._around.clock.now_s()
            self._nonces[key] = _Nonce(message=message, at_s=at_s)
        self._tell(message, "MESSAGE_CREATE", ChangeKind.MESSAGE_CREATED)

    def _call(self, message: Message, posting: Posting) -> None:
        around = self._around
        by_default = posting.pings_by_default
        mentions = self._mentions(message, posting.body, by_default)
        self._set_mentions(message, mentions)
        silent = message.now.flags & MessageFlag.SUPPRESS_NOTIFICATIONS
        if not silent and not message.ephemeral:
            message.pinged = called(
                mentions,
                posting.channel,
                posting.author,
                around.world,
                around.clock.now_s(),
            )

    def _mentions(
        self, message: Message, body: Json, by_default: Collection[str]
    ) -> Mentions:
        world = self._around.world
        allowances = Allowances.read(body.get("allowed_mentions"), by_default)
        channel = world.channel(message.channel_id)
        guild = world.guild_of(channel) if channel else None
        mentions = mentions_in(message.now, allowances, guild)
        answered = self.find(message.reply_to_id)
        if answered and message.origin is None and allowances.replied_user:
            users = dict.fromkeys((*mentions.users, answered.author.id))
            mentions = replace(mentions, users=tuple(users))
        return mentions

    def _set_mentions(self, message: Message, mentions: Mentions) -> None:
        message.mentions = mentions.users
        message.mention_roles = mentions.roles
        message.mention_everyone = mentions.everyone

    def _tell(self, message: Message, name: str, kind: ChangeKind) -> None:
        around = self._around
        around.feed.publish(kind, channel_id=message.channel_id, message_id=message.id)
        if message.ephemeral:
            return
        channel = around.world.channel(message.channel_id)
        guild_id = channel.guild_id if channel else None
        payload: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if not message.deleted:
            payload = self.payload(message)
        if guild_id is not None:
            payload["guild_id"] = str(guild_id)
        intent = Intent.GUILD_MESSAGES if guild_id else Intent.DIRECT_MESSAGES
        around.line.send(
            Dispatch(name=name, payload=payload, guild_id=guild_id, intent=intent)
        )
