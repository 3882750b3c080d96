"""REST: what an interaction's token is good for after the first answer.

Source: Discord docs, "Receiving and Responding", Followup Messages. No permission
of the bot is asked for here: the token is permission enough.
"""

from dataclasses import replace

from sandbox.discord.board import Board, Posting
from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.composition import MessageFlag
from sandbox.discord.interactions import Interaction, Interactions
from sandbox.discord.mentions import IN_RESPONSES
from sandbox.discord.messages import Message, MessageType, Origin
from sandbox.discord.records import Channel
from sandbox.discord.refusals import Refusal
from sandbox.discord.wire import as_id
from sandbox.discord.world import World

_ORIGINAL = "@original"


class WebhookEndpoints:
    """Follow-ups, and reading, editing and deleting what the token made."""

    def __init__(self, interactions: Interactions, board: Board, world: World) -> None:
        self._interactions = interactions
        self._board = board
        self._world = world

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        base = "/webhooks/{application_id}/{token}"
        one = f"{base}/messages/{{message_id}}"
        return [
            Endpoint(
                method=method,
                path=path,
                respond=respond,
                bucket="webhook",
                by_token_in_path=True,
            )
            for method, path, respond in (
                ("POST", base, self._follow_up),
                ("GET", one, self._get),
                ("PATCH", one, self._edit),
                ("DELETE", one, self._delete),
            )
        ]

    def _interaction(self, call: Call) -> Interaction:
        if call.id("application_id") != self._world.bot.id:
            raise Refusal.UNKNOWN_WEBHOOK.error()
        return self._interactions.behind_token(call.params["token"])

    def _message(self, call: Call) -> tuple[Interaction, Message]:
        """Return a message that the token made and that is still there."""
        interaction = self._interaction(call)
        name = call.params["message_id"]
        message = interaction.original
        if name != _ORIGINAL:
            message = self._board.find(as_id(name))
        self._channel(interaction)
        if message is None or message.deleted or not interaction.owns(message):
            raise Refusal.UNKNOWN_MESSAGE.error()
        return interaction, message

    def _channel(self, interaction: Interaction) -> Channel:
        channel = self._world.channel(interaction.channel.id)
        if channel is None:
            raise Refusal.UNKNOWN_CHANNEL.error()
        return channel

    def _follow_up(self, call: Call) -> Answer:
        interaction = self._interaction(call)
        channel = self._channel(interaction)
        original = interaction.original
        if original is not None and original.loading:
            # The first follow-up after a deferral fills the message that says the
            # bot is thinking; whether it is ephemeral was decided by the deferral.
            limit_bytes = interaction.attachment_limit_bytes
            self._board.edit(original, call.fields, call.uploads, limit_bytes)
            return Answer(body=self._board.full_payload(original))
        hidden = int(call.fields.get("flags") or 0) & MessageFlag.EPHEMERAL
        posting = Posting(
            author=self._world.bot,
            channel=channel,
            body=call.fields,
            uploads=call.uploads,
            limit_bytes=interaction.attachment_limit_bytes,
            pings_by_default=IN_RESPONSES,
            type=MessageType.REPLY if original else MessageType.DEFAULT,
            origin=_followed_up(interaction),
            ephemeral_for=interaction.user if hidden else None,
            reply_to_id=original.id if original else None,
        )
        message = self._board.post(posting)
        interaction.followups.append(message)
        return Answer(body=self._board.full_payload(message))

    def _get(self, call: Call) -> Answer:
        _, message = self._message(call)
        return Answer(body=self._board.full_payload(message))

    def _edit(self, call: Call) -> Answer:
        interaction, message = self._message(call)
        limit_bytes = interaction.attachment_limit_bytes
        self._board.edit(message, call.fields, call.uploads, limit_bytes)
        return Answer(body=self._board.full_payload(message))

    def _delete(self, call: Call) -> Answer:
        _, message = self._message(call)
        self._board.delete(message)
        return NO_CONTENT


def _followed_up(interaction: Interaction) -> Origin:
    origin, original = interaction.origin, interaction.original
    if original is None:
        return origin
    first = {"original_response_message_id": str(original.id)}
    return replace(origin, metadata=origin.metadata | first)
