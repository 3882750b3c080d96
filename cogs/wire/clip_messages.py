"""Whose clip a message is, for what stands in the menu of messages."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.errors import NotFound
from bot.ids import JobId
from cogs.drawing.custom_ids import MessageKind, job_press


def clip_in(interaction: discord.Interaction, message: discord.Message) -> JobId:
    """Return whose clip a message of ours is, by its buttons.

    Raises:
        NotFound: If it is no clip of ours.
    """
    if message.author.id == interaction.application_id or message.author == (
        interaction.client.user
    ):
        for custom_id in _custom_ids(message.components):
            press = job_press(custom_id)
            if press is not None and press.message_kind is MessageKind.CLIP:
                return press.job_id
    raise NotFound("not-found-clip")


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    """Return the custom_id of every part of a discord.py message that has one."""
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id is not None:
            yield custom_id
        yield from _custom_ids(getattr(component, "children", ()))
