"""Draws a member's own defaults, and a server's presets."""

from collections.abc import Sequence

from discord import ui

from bot.jobs.video import Mode
from bot.jobs.video_settings import VideoSettings
from bot.models.known import model_title
from bot.models.offer import Offer
from bot.requests.member_settings import OwnDefaults
from bot.requests.preset import NAME_MAX_CHARS, WORDS_MAX_CHARS, Preset
from bot.texts.texts import Texts
from cogs.drawing.layout import (
    MessageView,
    aspect_name,
    framed,
    small,
    sound_name,
)
from cogs.drawing.markup import inert, shortened, units

LIST_UNITS = 3600
"""Of a message's 4000, for the lines of the list, as JavaScript counts."""
_WORDS_CHARS = (300, 120, 60, 30)
"""How much of the words is shown in a list, the longest that fits."""


def own_settings_view(
    texts: Texts, locale: str, own: OwnDefaults, offer: Offer
) -> MessageView:
    """Draw what `/video` takes where a member leaves an option out."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(locale, text_id, **values)

    settings, profile = own.settings, own.model.text
    usual = settings.request("", profile)
    sound, switch = settings.sound, profile.sound
    quality = settings.quality or say("settings-quality-models")
    lengths = say("choice-duration", seconds=usual.duration_s)
    shape = aspect_name(texts, locale, usual.aspect)
    is_on = switch is not None and switch.default if sound is None else sound
    said = sound_name(texts, locale, on=is_on)
    lines = [
        (offer.has_several, "settings-model", own.model.title, settings.model),
        (profile.modes, "settings-mode", say(f"mode-{usual.mode}"), settings.mode),
        (True, "settings-duration", lengths, settings.duration_s),
        (profile.aspects, "settings-aspect", shape, settings.aspect),
        (profile.qualities, "settings-quality-is", quality, settings.quality),
        (switch, "settings-sound", said, sound),
    ]
    shown = [
        say(text_id, value=value)
        + ("" if chosen is not None else f" {say('settings-usual')}")
        for there_is, text_id, value, chosen in lines
        if there_is
    ]
    notes = [small(say("settings-note"))]
    if settings.mode is Mode.SPICY:
        notes.append(small(say("settings-note-spicy")))
    title = f"### {say('settings-title')}"
    return MessageView(framed([title, "\n".join(shown), "\n".join(notes)]))


def preset_view(
    texts: Texts, locale: str, preset: Preset, *, is_new: bool
) -> MessageView:
    """Say that a preset was added or changed, and show it whole."""
    text_id = "preset-added" if is_new else "preset-changed"
    name = inert(preset.name, NAME_MAX_CHARS)
    words = inert(preset.words, WORDS_MAX_CHARS)
    lines = [texts.say(locale, text_id, name=name), f"> {words}"]
    set_ = settings_given(texts, locale, preset.settings)
    if set_:
        lines.append(small(set_))
    lines.append(small(texts.say(locale, "preset-use", name=name)))
    return MessageView(*(ui.TextDisplay(line) for line in lines))


def presets_view(texts: Texts, locale: str, presets: Sequence[Preset]) -> MessageView:
    """Draw all presets, each on one or two lines, with as much of the words as fits."""
    title = f"### {texts.say(locale, 'presets-title', count=len(presets))}"
    if not presets:
        return MessageView(framed([title, texts.say(locale, "presets-none")]))
    entries: Sequence[str] = []
    for words_chars in _WORDS_CHARS:
        entries = [_entry(texts, locale, one, words_chars) for one in presets]
        if units("\n".join(entries)) <= LIST_UNITS:
            break
    shown = entries
    while units("\n".join(shown)) > LIST_UNITS:
        shown = shown[:-1]
    more = len(presets) - len(shown)
    if more:
        shown = [*shown, texts.say(locale, "presets-more", count=more)]
    return MessageView(framed([title, "\n".join(shown)]))


def settings_given(texts: Texts, locale: str, settings: VideoSettings) -> str:
    """Say in one line what is set; empty if nothing is."""
    mode, sound = settings.mode, settings.sound
    said = [
        None if settings.model is None else model_title(settings.model),
        None if mode is None else texts.say(locale, f"mode-{mode}"),
        None if settings.duration_s is None else f"{settings.duration_s} s",
        None
        if settings.aspect is None
        else aspect_name(texts, locale, settings.aspect),
        settings.quality,
        None if sound is None else sound_name(texts, locale, on=sound),
    ]
    return " · ".join(one for one in said if one)


def _entry(texts: Texts, locale: str, preset: Preset, words_chars: int) -> str:
    name = f"**{inert(preset.name, NAME_MAX_CHARS)}**"
    set_ = settings_given(texts, locale, preset.settings)
    head = f"{name} · {set_}" if set_ else name
    return f"{head}\n> {inert(shortened(preset.words, words_chars), words_chars)}"
