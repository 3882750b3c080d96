"""What the forms about a video have in common: fields, and what was sent of them."""

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.errors import Refused
from bot.jobs.video_settings import VideoSettings
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from bot.texts.texts import Texts
from cogs.commands.choices import MOST_CHOICES, chosen
from cogs.presses import Fields

PROMPT, PICTURE = "prompt", "picture"
_MODEL, _QUALITY = "model", "quality"
_MODE, _DURATION, _ASPECT = "mode", "duration", "aspect"
_MODELS_OWN = "auto"
"""Sent as the quality where it is left to the model."""
_RADIO_BUTTONS = range(2, 11)
"""How many a group may have. Discord docs: "Radio Group"."""
_MOST_FIELDS = 5
"""Discord docs: "Modals"."""

_A_LENGTH = re.compile("[0-9]{1,4}")

_Options = Sequence[tuple[str, str]]
"""Values, and what is shown for them."""
Makers = Sequence[tuple[str, ModelProfile]]
"""Names of models, and what each takes of such a request."""


class RequestModal(ui.Modal):
    """A form about a video. What is sent of it is read by `sent_settings`.

    Like a view it is stopped from the start: it may be sent after a restart.
    """

    def __init__(
        self,
        texts: Texts,
        locale: str,
        profile: ModelProfile,
        *,
        title: str,
        custom_id: str,
    ) -> None:
        """Begin a form without fields, titled by the id of a text."""
        super().__init__(title=texts.say(locale, title), custom_id=custom_id)
        self._texts = texts
        self._locale = locale
        self._profile = profile
        self.stop()

    @property
    def _room(self) -> int:
        """How many more fields it holds."""
        return _MOST_FIELDS - len(self.children)

    def add_prompt(
        self, present: str, *, required: bool, label: str = "modal-edit-prompt"
    ) -> None:
        """Add the field for the prompt, labelled by the id of a text."""
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=PROMPT,
            style=discord.TextStyle.paragraph,
            default=present,
            min_length=1 if required else None,
            max_length=max(self._profile.most_prompt_chars, len(present)),
            required=required,
        )
        about = None if required else self._say("modal-prompt-optional")
        self._add(self._say(label), field, about)

    def add_choices(
        self, mode: Mode, duration_s: int, aspect: Aspect, *, with_spicy: bool
    ) -> None:
        """Add what the model leaves to choose of mode, length and shape.

        What is given is chosen already.
        """
        modes = [one for one in self._profile.modes if with_spicy or one != Mode.SPICY]
        # One of a kind leaves nothing to choose.
        if len(modes) > 1:
            said = [(one.value, self._say(f"choice-mode-{one}")) for one in modes]
            self._add(self._say("modal-edit-mode"), _choice(_MODE, said, mode))
        self.add_lengths(duration_s)
        if len(self._profile.aspects) > 1:
            shapes = [
                (one.value, self._say(f"choice-aspect-{one.name.lower()}"))
                for one in self._profile.aspects
            ]
            self._add(self._say("modal-edit-aspect"), _menu(_ASPECT, shapes, aspect))

    def add_makers(self, makers: Makers, quality: str | None) -> None:
        """Add a choice of qualities, and one of models, if there are several of them.

        Where one field has to do for both, it has the qualities of this form's model
        beside the other models. `quality` is chosen already; None = left to the model.
        """
        qualities = self._profile.qualities
        with_qualities, with_models = len(qualities) > 1, len(makers) > 1
        if with_qualities and with_models and self._room == 1:
            self._add_combined(makers, quality)
            return
        if with_qualities and self._room:
            own = (_MODELS_OWN, self._say("settings-quality-models"))
            said = [own, *((one, one) for one in qualities)]
            field = _choice(_QUALITY, said, quality or _MODELS_OWN)
            self._add(self._say("modal-edit-quality"), field)
        if with_models and self._room:
            names = {made.id: name for name, made in makers}
            models = [(name, made.title) for name, made in makers]
            field = _choice(_MODEL, models, names.get(self._profile.id))
            self._add(self._say("modal-edit-model"), field)

    def _add_combined(self, makers: Makers, quality: str | None) -> None:
        present, said = None, list[tuple[str, str]]()
        for name, made in makers:
            if made.id != self._profile.id:
                said.append((name, made.title))
                continue
            present = f"{name} {quality or _MODELS_OWN}"
            said.append((f"{name} {_MODELS_OWN}", made.title))
            said += [
                (f"{name} {one}", f"{made.title}, {one}") for one in made.qualities
            ]
        field = _menu(_MODEL, said, present)
        self._add(self._say("modal-edit-model-quality"), field)

    def add_picture(self, label: str, about: str | None, *, required: bool) -> None:
        """Add a field for a file; its words are the ids of texts."""
        field: ui.FileUpload[Any] = ui.FileUpload(
            custom_id=PICTURE, required=required, max_values=1
        )
        self._add(self._say(label), field, None if about is None else self._say(about))

    def add_lengths(self, present_s: int) -> None:
        """Add a choice of lengths, or a field for a number where there are too many."""
        lengths = self._profile.durations_s
        if len(lengths) == 1:
            return
        if len(lengths) <= MOST_CHOICES:
            said = [
                (str(one), self._say("choice-duration", seconds=one)) for one in lengths
            ]
            field = _choice(_DURATION, said, str(present_s))
            self._add(self._say("modal-edit-duration"), field)
            return
        least, most = lengths[0], lengths[-1]
        number: ui.TextInput[Any] = ui.TextInput(
            custom_id=_DURATION,
            default=str(present_s),
            min_length=1,
            max_length=len(str(most)),
        )
        self._add(self._say("modal-edit-seconds", least=least, most=most), number)

    def _add(self, label: str, field: ui.Item[Any], about: str | None = None) -> None:
        self.add_item(ui.Label(text=label, description=about, component=field))

    def _say(self, text_id: str, **values: object) -> str:
        return self._texts.say(self._locale, text_id, **values)


def sent_settings(sent: Fields) -> VideoSettings:
    """Return what was chosen in a form; None = it was not to be chosen there.

    Raises:
        Refused: If something was chosen that is not to be chosen.
    """
    duration = sent.get(_DURATION)
    model, quality = _sent_maker(sent)
    if duration is not None and not _A_LENGTH.fullmatch(duration):
        raise Refused("refused-choice")
    return chosen(
        mode=sent.get(_MODE),
        duration=None if duration is None else int(duration),
        aspect=sent.get(_ASPECT),
        model=model,
        quality=None if quality == _MODELS_OWN else quality,
        sound=None,
    )


def chooses_quality(sent: Fields) -> bool:
    """Return whether a quality was to be chosen, be it the model's own."""
    return _sent_maker(sent)[1] is not None


def _sent_maker(sent: Fields) -> tuple[str | None, str | None]:
    """Return the model and the quality, which may be in one field."""
    model, _, quality = (sent.get(_MODEL) or "").partition(" ")
    return model or None, quality or sent.get(_QUALITY)


def _choice(custom_id: str, options: _Options, present: str | None) -> ui.Item[Any]:
    """Return radio buttons, or a menu where there are too many for them."""
    if len(options) not in _RADIO_BUTTONS:
        return _menu(custom_id, options, present)
    return ui.RadioGroup(
        custom_id=custom_id,
        options=[
            discord.RadioGroupOption(label=said, value=value, default=value == present)
            for value, said in options
        ],
    )


def _menu(custom_id: str, options: _Options, present: str | None) -> ui.Item[Any]:
    return ui.Select(
        custom_id=custom_id,
        options=[
            discord.SelectOption(label=said, value=value, default=value == present)
            for value, said in options
        ],
    )
