"""Reads from messages in Discord's JSON only what identifies them as ours.

discord.py cannot make its `Message` of everything that Discord sends, and one strange
message in a channel must not keep us from finding our own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import AnswerUnreadable
from bot.ids import JobId, MessageId
from cogs.drawing.clip import clip_filename
from cogs.drawing.custom_ids import MessageKind, job_press

_INSIDE = ("components", "accessory", "component")
"""Fields that hold nested components. Discord docs, "Component Reference"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMessage:
    """What is known of a message. What cannot be read of it is left out."""

    id: MessageId
    author_id: int | None
    filenames: frozenset[str]
    custom_ids: tuple[str, ...]
    component_ids: frozenset[int]
    """The numbers of its components: a message that we marked has our number first."""


def read_message(raw: object) -> FoundMessage:
    """Read a message.

    Raises:
        AnswerUnreadable: If it has no id.
    """
    fields = _fields(raw)
    components = list(_components(fields.get("components")))
    attachments = [_fields(one) for one in _listed(fields.get("attachments"))]
    return FoundMessage(
        id=message_id(fields.get("id")),
        author_id=_number(_fields(fields.get("author")).get("id")),
        filenames=frozenset(str(one.get("filename")) for one in attachments),
        custom_ids=tuple(
            one["custom_id"]
            for one in components
            if isinstance(one.get("custom_id"), str)
        ),
        component_ids=frozenset(
            number
            for one in components
            if (number := _number(one.get("id"))) is not None
        ),
    )


def read_messages(raw: object) -> list[FoundMessage]:
    """Read a page of messages. One without an id is left out."""
    return [
        read_message(one)
        for one in _listed(raw)
        if _number(_fields(one).get("id")) is not None
    ]


def message_id(raw: object) -> MessageId:
    """Read a message's id.

    Raises:
        AnswerUnreadable: If it is none.
    """
    number = _number(raw)
    if number is None:
        msg = "Discord's answer names no message"
        raise AnswerUnreadable(msg)
    return MessageId(number)


def answered_message_id(raw: object) -> MessageId:
    """Return the id of the message that Discord made of a first answer.

    Raises:
        AnswerUnreadable: If it says none.
    """
    answer = _fields(raw)
    told = _fields(answer.get("interaction")).get("response_message_id")
    if _number(told) is None:
        resource = _fields(answer.get("resource"))
        told = _fields(resource.get("message")).get("id")
    return message_id(told)


def _components(raw: object) -> Iterator[dict[str, Any]]:
    for one in raw if isinstance(raw, list) else [raw]:
        fields = _fields(one)
        if fields:
            yield fields
        for name in _INSIDE:
            if name in fields:
                yield from _components(fields[name])


def _fields(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _listed(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _number(raw: object) -> int | None:
    """Return a snowflake as a number; Discord writes them as text."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None
    try:
        return int(raw)
    except ValueError:
        return None


def is_of_job(message: FoundMessage, job_id: JobId, message_kind: MessageKind) -> bool:
    """Return whether a message is the status, the clip or the notice of a job."""
    if message_kind is MessageKind.CLIP and clip_filename(job_id) in message.filenames:
        return True
    presses = (job_press(custom_id) for custom_id in message.custom_ids)
    return any(
        press is not None
        and press.job_id == job_id
        and press.message_kind is message_kind
        for press in presses
    )
