"""The modal in which a request is changed before it is made again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.errors import Refused
from bot.ids import JobId
from bot.jobs.video import (
    PROMPT_MAX_CHARS,
    VideoRequest,
)
from bot.models.profile import ModelProfile
from bot.texts.texts import Texts
from cogs.commands.choices import MOST_CHOICES, chosen
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from cogs.presses import Fields

_PROMPT, _MODE, _DURATION = "prompt", "mode", "duration"
_ASPECT, _QUALITY = "aspect", "quality"
_RADIO_BUTTONS = range(2, 11)
"""How many a group may have. Discord docs: "Radio Group"."""

_A_LENGTH = re.compile("[0-9]{1,4}")

Options = Sequence[tuple[str, str]]
"""Values, and what is shown for them."""


class EditModal(ui.Modal):
    """Shows a request for editing. What is sent is read by `edited`.

    Like a view it is stopped from the start: it may be sent after a restart.
    """

    def __init__(
        self,
        texts: Texts,
        locale: str,
        job_id: JobId,
        message_kind: MessageKind,
        request: VideoRequest,
        profile: ModelProfile,
    ) -> None:
        super().__init__(
            title=texts.say(locale, "modal-edit-title"),
            custom_id=job_button(Act.EDIT, job_id, message_kind),
        )
        prompt: ui.TextInput[Any] = ui.TextInput(
            custom_id=_PROMPT,
            style=discord.TextStyle.paragraph,
            default=request.prompt,
            min_length=1,
            max_length=PROMPT_MAX_CHARS,
        )
        self._add(texts.say(locale, "modal-edit-prompt"), prompt)
        # One of a kind leaves nothing to choose.
        if len(profile.modes) > 1:
            modes = _choice(_MODE, _modes(texts, locale, profile), request.mode)
            self._add(texts.say(locale, "modal-edit-mode"), modes)
        if len(profile.durations_s) > 1:
            self._add(*_lengths(texts, locale, profile, request.duration_s))
        if len(profile.aspects) > 1:
            shapes = _menu(_ASPECT, _aspects(texts, locale, profile), request.aspect)
            self._add(texts.say(locale, "modal-edit-aspect"), shapes)
        if len(profile.qualities) > 1:
            qualities = [(one, one) for one in profile.qualities]
            field = _choice(_QUALITY, qualities, request.quality, required=False)
            self._add(texts.say(locale, "modal-edit-quality"), field)
        self.stop()

    def _add(self, label: str, field: ui.Item[Any]) -> None:
        self.add_item(ui.Label(text=label, component=field))


def edited(request: VideoRequest, sent: Fields) -> VideoRequest:
    """Return a request with what was sent of the modal; the rest stays.

    Raises:
        Refused: If something was chosen that is not to be chosen.
    """
    duration = sent.get(_DURATION)
    if duration is not None and not _A_LENGTH.fullmatch(duration):
        raise Refused("refused-choice")
    settings = chosen(
        sent.get(_MODE),
        None if duration is None else int(duration),
        sent.get(_ASPECT),
        sent.get(_QUALITY),
    )
    return replace(
        request,
        prompt=sent.get(_PROMPT, ""),
        mode=settings.mode or request.mode,
        duration_s=request.duration_s
        if settings.duration_s is None
        else settings.duration_s,
        aspect=settings.aspect or request.aspect,
        quality=settings.quality or request.quality,
    )


def _modes(texts: Texts, locale: str, profile: ModelProfile) -> Options:
    return [
        (one.value, texts.say(locale, f"choice-mode-{one}")) for one in profile.modes
    ]


def _lengths(
    texts: Texts, locale: str, profile: ModelProfile, present_s: int
) -> tuple[str, ui.Item[Any]]:
    """Return a choice of lengths, or a field for a number where there are too many."""
    lengths = profile.durations_s
    if len(lengths) <= MOST_CHOICES:
        options = [
            (str(one), texts.say(locale, "choice-duration", seconds=one))
            for one in lengths
        ]
        label = texts.say(locale, "modal-edit-duration")
        return label, _choice(_DURATION, options, str(present_s))
    label = texts.say(locale, "modal-edit-seconds", least=lengths[0], most=lengths[-1])
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=_DURATION,
        default=str(present_s),
        min_length=1,
        max_length=len(str(lengths[-1])),
    )
    return label, field


def _aspects(texts: Texts, locale: str, profile: ModelProfile) -> Options:
    return [
        (one.value, texts.say(locale, f"choice-aspect-{one.name.lower()}"))
        for one in profile.aspects
    ]


def _choice(
    custom_id: str, options: Options, present: str | None, *, required: bool = True
) -> ui.Item[Any]:
    """Return radio buttons, or a menu where there are too many for them."""
    if len(options) not in _RADIO_BUTTONS:
        return _menu(custom_id, options, present, required=required)
    return ui.RadioGroup(
        custom_id=custom_id,
        required=required,
        options=[
            discord.RadioGroupOption(label=said, value=value, default=value == present)
            for value, said in options
        ],
    )


def _menu(
    custom_id: str, options: Options, present: str | None, *, required: bool = True
) -> ui.Item[Any]:
    return ui.Select(
        custom_id=custom_id,
        required=required,
        options=[
            discord.SelectOption(label=said, value=value, default=value == present)
            for value, said in options
        ],
    )
