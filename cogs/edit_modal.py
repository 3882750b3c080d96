"""The modal in which a prompt is changed before it is asked for again."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord import ui

from bot.domain.ids import JobId
from bot.domain.video import PROMPT_MAX_CHARS
from bot.texts.texts import Texts
from cogs.custom_ids import Act, Bearer, job_button

_PROMPT = "prompt"


class EditModal(ui.Modal):
    """Shows a job's prompt for editing. What is sent is read by `edited_prompt`.

    Like a sheet it is stopped from the start: it may be sent after a restart.
    """

    def __init__(
        self, texts: Texts, locale: str, job_id: JobId, bearer: Bearer, prompt: str
    ) -> None:
        super().__init__(
            title=texts.say(locale, "modal-edit-title"),
            custom_id=job_button(Act.EDIT, job_id, bearer),
        )
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=_PROMPT,
            style=discord.TextStyle.paragraph,
            default=prompt,
            min_length=1,
            max_length=PROMPT_MAX_CHARS,
        )
        self.add_item(
            ui.Label(text=texts.say(locale, "modal-edit-prompt"), component=field)
        )
        self.stop()


def edited_prompt(components: Iterable[Mapping[str, Any]]) -> str:
    """Return the prompt from what Discord sent of the modal; empty if it is missing."""
    return typed_in(components, _PROMPT)


def typed_in(components: Iterable[Mapping[str, Any]], field: str) -> str:
    """Return what was typed in one field of a modal; empty if it is missing."""
    for component in components:
        if component.get("custom_id") == field:
            return str(component.get("value", ""))
        inner = component.get("components") or [component.get("component") or {}]
        found = typed_in((one for one in inner if one), field)
        if found:
            return found
    return ""
