"""REST: the first answer to an interaction."""

from collections.abc import Callable

from sandbox.discord.board import Board, Posting
from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.composition import MessageFlag
from sandbox.discord.interactions import (
    Interaction,
    InteractionKind,
    Interactions,
    Modal,
    ResponseKind,
    not_an_answer_to_this,
)
from sandbox.discord.mentions import IN_RESPONSES
from sandbox.discord.message_rules import check_choices, check_deferral, check_modal
from sandbox.discord.messages import MessageType
from sandbox.discord.rate_limits import UNLIMITED
from sandbox.discord.records import User
from sandbox.discord.wire import Json

_SHOWS_A_MESSAGE = frozenset({ResponseKind.MESSAGE, ResponseKind.UPDATE})
"""Answers whose message is told in full (Discord docs: Interaction Callback)."""
_ON_A_MESSAGE = frozenset({ResponseKind.DEFERRED_UPDATE, ResponseKind.UPDATE})


class InteractionEndpoints:
    """Takes the one answer that an interaction gets."""

    def __init__(self, interactions: Interactions, board: Board, bot: User) -> None:
        self._interactions = interactions
        self._board = board
        self._bot = bot
        self._answers: dict[ResponseKind, Callable[[Interaction, Call], None]] = {
            ResponseKind.MESSAGE: self._message,
            ResponseKind.DEFERRED_MESSAGE: self._deferral,
            ResponseKind.DEFERRED_UPDATE: self._nothing_yet,
            ResponseKind.UPDATE: self._update,
            ResponseKind.CHOICES: self._choices,
            ResponseKind.MODAL: self._modal,
        }

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        return [
            Endpoint(
                method="POST",
                path="/interactions/{interaction_id}/{token}/callback",
                respond=self._callback,
                bucket=UNLIMITED,
                by_token_in_path=True,
            )
        ]

    def _callback(self, call: Call) -> Answer:
        interaction = self._interactions.to_acknowledge(
            call.id("interaction_id"), call.params["token"]
        )
        response = _response_kind(int(call.fields.get("type") or 0))
        _check_fit(interaction, response)
        self._answers[response](interaction, call)
        self._interactions.acknowledge(interaction, response)
        if not call.wants("with_response"):
            return NO_CONTENT
        return Answer(body=self._told(interaction, response))

    def _posting(self, interaction: Interaction, call: Call) -> Posting:
        data = call.fields.get("data") or {}
        hidden = int(data.get("flags") or 0) & MessageFlag.EPHEMERAL
        source = interaction.source
        return Posting(
            author=self._bot,
            channel=interaction.channel,
            body=data,
            uploads=call.uploads,
            limit_bytes=interaction.attachment_limit_bytes,
            pings_by_default=IN_RESPONSES,
            type=_message_type(interaction),
            origin=interaction.origin,
            ephemeral_for=interaction.user if hidden else None,
            reply_to_id=source.id if source else None,
        )

    def _message(self, interaction: Interaction, call: Call) -> None:
        interaction.original = self._board.post(self._posting(interaction, call))

    def _deferral(self, interaction: Interaction, call: Call) -> None:
        posting = self._posting(interaction, call)
        check_deferral(int(posting.body.get("flags") or 0), MessageFlag.EPHEMERAL)
        interaction.original = self._board.post_loading(posting)

    def _nothing_yet(self, interaction: Interaction, _call: Call) -> None:
        interaction.original = interaction.source

    def _update(self, interaction: Interaction, call: Call) -> None:
        source = interaction.source
        assert source is not None  # checked: the answer fits
        data = call.fields.get("data") or {}
        limit_bytes = interaction.attachment_limit_bytes
        if self._board.find(source.id) is not None:
            self._board.edit(source, data, call.uploads, limit_bytes)
        interaction.original = source

    def _choices(self, interaction: Interaction, call: Call) -> None:
        choices = (call.fields.get("data") or {}).get("choices")
        check_choices(choices)
        interaction.choices = list(choices or ())

    def _modal(self, interaction: Interaction, call: Call) -> None:
        data = call.fields.get("data") or {}
        check_modal(data)
        interaction.modal = Modal(
            custom_id=data["custom_id"],
            title=data["title"],
            components=tuple(data["components"]),
            opened_by=interaction,
        )

    def _told(self, interaction: Interaction, response: ResponseKind) -> Json:
        told: Json = {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "channel_id": str(interaction.channel.id),
        }
        if interaction.guild is not None:
            told["guild_id"] = str(interaction.guild.id)
        original = interaction.original
        if original is None:
            return {"interaction": told}
        told["response_message_id"] = str(original.id)
        told["response_message_loading"] = original.loading
        told["response_message_ephemeral"] = original.ephemeral
        resource: Json = {"type": int(response)}
        if response in _SHOWS_A_MESSAGE:
            resource["message"] = self._board.full_payload(original)
        return {"interaction": told, "resource": resource}


def _response_kind(value: int) -> ResponseKind:
    try:
        return ResponseKind(value)
    except ValueError:
        raise not_an_answer_to_this() from None


def _check_fit(interaction: Interaction, response: ResponseKind) -> None:
    """Check that such an answer may be given to such an interaction."""
    completing = interaction.kind is InteractionKind.AUTOCOMPLETE
    fits = completing == (response is ResponseKind.CHOICES)
    if response in _ON_A_MESSAGE and interaction.source is None:
        fits = False
    if (
        response is ResponseKind.MODAL
        and interaction.kind is InteractionKind.MODAL_SUBMIT
    ):
        fits = False
    if not fits:
        raise not_an_answer_to_this()


def _message_type(interaction: Interaction) -> MessageType:
    if interaction.source is not None:
        return MessageType.REPLY
    if interaction.kind is not InteractionKind.COMMAND:
        return MessageType.DEFAULT
    if interaction.data.get("type", 1) == 1:
        return MessageType.CHAT_INPUT_COMMAND
    return MessageType.CONTEXT_MENU_COMMAND
