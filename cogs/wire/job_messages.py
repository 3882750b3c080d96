"""Recognises a job's messages, by their buttons or their file."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.ids import JobId
from cogs.drawing.clip import clip_filename
from cogs.drawing.custom_ids import MessageKind, job_press
from cogs.wire.found_messages import FoundMessage


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


def custom_ids(components: Iterable[Any]) -> Iterator[str]:
    """Return the custom_id of every part of a discord.py message that has one."""
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id is not None:
            yield custom_id
        yield from custom_ids(getattr(component, "children", ()))
