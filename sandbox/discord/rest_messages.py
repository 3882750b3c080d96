"""REST: the messages of a channel, by the bot's token."""

from sandbox.discord.access import Access
from sandbox.discord.board import Board, Posting
from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.messages import Message, MessageType
from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, User
from sandbox.discord.refusals import Refusal, form_error
from sandbox.discord.wire import Json, as_id

_DEFAULT_PAGE = 50
_LARGEST_PAGE = 100


class MessageEndpoints:
    """Posting, reading, editing and deleting, with every permission asked for."""

    def __init__(self, board: Board, access: Access, bot: User) -> None:
        self._board = board
        self._access = access
        self._bot = bot

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        every = "/channels/{channel_id}/messages"
        one = f"{every}/{{message_id}}"
        return [
            Endpoint(
                method="POST", path=every, respond=self._post, bucket="message-create"
            ),
            Endpoint(
                method="GET", path=every, respond=self._page, bucket="message-read"
            ),
            Endpoint(method="GET", path=one, respond=self._get, bucket="message-read"),
            Endpoint(
                method="PATCH", path=one, respond=self._edit, bucket="message-edit"
            ),
            Endpoint(
                method="DELETE", path=one, respond=self._delete, bucket="message-delete"
            ),
        ]

    def _post(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        body = call.fields
        replies = bool(body.get("message_reference"))
        self._access.post(
            channel,
            files=bool(call.uploads),
            embeds=bool(body.get("embeds")),
            reply=replies,
        )
        message = self._board.posted_with_nonce(self._bot, body)
        if message is None:
            reply_to = self._reply_to(channel, body) if replies else None
            posting = Posting(
                author=self._bot,
                channel=channel,
                body=body,
                uploads=call.uploads,
                limit_bytes=self._access.upload_limit_bytes(channel),
                type=MessageType.REPLY if reply_to else MessageType.DEFAULT,
                reply_to_id=reply_to.id if reply_to else None,
            )
            message = self._board.post(posting)
            self._access.posted(channel)
        return Answer(body=self._board.payload(message))

    def _reply_to(self, channel: Channel, body: Json) -> Message | None:
        reference = body["message_reference"]
        message = self._board.find(as_id(reference.get("message_id")))
        there = message is not None and message.channel_id == channel.id
        if there and message is not None and not message.ephemeral:
            return message
        if reference.get("fail_if_not_exists", True):
            words = "Unknown message"
            path = ("message_reference",)
            raise form_error(path, "REPLIES_UNKNOWN_MESSAGE", words)
        return None

    def _page(self, call: Call) -> Answer:
        channel = self._access.channel(call.id("channel_id"))
        if not self._access.bits(channel) & Permission.READ_MESSAGE_HISTORY:
            return Answer(body=[])
        messages = self._board.reachable_in(channel)
        page = _page(messages, call)
        return Answer(body=[self._board.payload(one) for one in reversed(page)])

    def _get(self, call: Call) -> Answer:
        message = self._reachable(call)
        channel = self._access.channel(message.channel_id)
        self._access.require(channel, Permission.READ_MESSAGE_HISTORY)
        return Answer(body=self._board.payload(message))

    def _edit(self, call: Call) -> Answer:
        message = self._reachable(call)
        if message.author is not self._bot:
            raise Refusal.NOT_YOUR_MESSAGE.error()
        channel = self._access.channel(message.channel_id)
        self._access.change_in(channel)
        limit_bytes = self._access.upload_limit_bytes(channel)
        self._board.edit(message, call.fields, call.uploads, limit_bytes)
        return Answer(body=self._board.payload(message))

    def _delete(self, call: Call) -> Answer:
        message = self._reachable(call)
        channel = self._access.channel(message.channel_id)
        if message.author is not self._bot:
            self._access.require(channel, Permission.MANAGE_MESSAGES)
        self._access.change_in(channel)
        self._board.delete(message)
        return NO_CONTENT

    def _reachable(self, call: Call) -> Message:
        channel = self._access.channel(call.id("channel_id"))
        message = self._board.find(call.id("message_id"))
        if message is None or message.ephemeral or message.channel_id != channel.id:
            raise Refusal.UNKNOWN_MESSAGE.error()
        return message


def _page(messages: list[Message], call: Call) -> list[Message]:
    """Return the messages a page shows, oldest first."""
    limit = as_id(call.query.get("limit", str(_DEFAULT_PAGE))) or 0
    if not 1 <= limit <= _LARGEST_PAGE:
        words = f"int value should be between 1 and {_LARGEST_PAGE}."
        raise form_error(("limit",), "NUMBER_TYPE_RANGE", words)
    if (around := as_id(call.query.get("around"))) is not None:
        half = limit // 2
        older = [one for one in messages if one.id < around][-half:] if half else []
        newer = [one for one in messages if one.id >= around]
        return older + newer[: limit - len(older)]
    if (after := as_id(call.query.get("after"))) is not None:
        return [one for one in messages if one.id > after][:limit]
    if (before := as_id(call.query.get("before"))) is not None:
        messages = [one for one in messages if one.id < before]
    return messages[-limit:]
