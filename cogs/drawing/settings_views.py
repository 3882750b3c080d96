"""Draws a member's own defaults, and a server's presets."""

from collections.abc import Sequence

from discord import ui

from bot.jobs.video import Mode
from bot.jobs.video_settings import VideoSettings
from bot.models.offer import Offer
from bot.requests.preset import NAME_MAX_CHARS, WORDS_MAX_CHARS, Preset
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, framed, small
from cogs.drawing.markup import inert, shortened, units

LIST_UNITS = 3600
"""Of a message's 4000, for the lines of the list, as JavaScript counts."""
_WORDS_CHARS = (300, 120, 60, 30)
"""How much of the words is shown in a list, the longest that fits."""


def own_settings_view(
    texts: Texts, locale: str, own: VideoSettings, offer: Offer
) -> MessageView:
    """Draw what `/video` takes where a member leaves an option out."""

    def line(text_id: str, value: str, *, is_own: bool) -> str:
        said = texts.say(locale, text_id, value=value)
        return said if is_own else f"{said} {texts.say(locale, 'settings-usual')}"

    profile = offer.first.text
    usual = own.request("", profile)
    length = texts.say(locale, "choice-duration", seconds=usual.duration_s)
    lines = [
        line(
            "settings-mode",
            texts.say(locale, f"mode-{usual.mode}"),
            is_own=own.mode is not None,
        ),
        line("settings-duration", length, is_own=own.duration_s is not None),
        line("settings-aspect", usual.aspect.value, is_own=own.aspect is not None),
    ]
    if profile.qualities:
        quality = own.quality or texts.say(locale, "settings-quality-models")
        lines.append(
            line("settings-quality-is", quality, is_own=own.quality is not None)
        )
    notes = [small(texts.say(locale, "settings-note"))]
    if own.mode is Mode.SPICY:
        notes.append(small(texts.say(locale, "settings-note-spicy")))
    title = f"### {texts.say(locale, 'settings-title')}"
    return MessageView(framed([title, "\n".join(lines), "\n".join(notes)]))


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
    said = [
        None if settings.mode is None else texts.say(locale, f"mode-{settings.mode}"),
        None if settings.duration_s is None else f"{settings.duration_s} s",
        None if settings.aspect is None else settings.aspect.value,
        settings.quality,
    ]
    return " · ".join(one for one in said if one)


def _entry(texts: Texts, locale: str, preset: Preset, words_chars: int) -> str:
    name = f"**{inert(preset.name, NAME_MAX_CHARS)}**"
    set_ = settings_given(texts, locale, preset.settings)
    head = f"{name} · {set_}" if set_ else name
    return f"{head}\n> {inert(shortened(preset.words, words_chars), words_chars)}"
