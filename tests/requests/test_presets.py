"""A server's presets."""

import pytest

from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Mode
from bot.models.profile import PROMPT_MAX_CHARS
from bot.requests.preset import (
    NAME_MAX_CHARS,
    WORDS_MAX_CHARS,
    Preset,
    preset_fault,
    preset_key,
    tidied,
)


def preset(name: str = "noir", words: str = "a {prompt}, black and white") -> Preset:
    return Preset(name=name, words=words, settings=NOTHING_CHOSEN)


@pytest.mark.parametrize(
    "one",
    [
        preset(),
        preset(words="{prompt}"),
        preset(words="{prompt}" + "x" * (WORDS_MAX_CHARS - 8)),
        preset(words="{ prompt } and {other} around {prompt}"),
        preset(name="x" * NAME_MAX_CHARS),
        preset(name="Schöner Film 🎬"),
    ],
)
def test_a_proper_preset_has_no_fault(one: Preset) -> None:
    assert preset_fault(one) is None


@pytest.mark.parametrize(
    ("one", "text_id"),
    [
        (preset(name=""), "refused-preset-name"),
        (preset(name="x" * (NAME_MAX_CHARS + 1)), "refused-preset-name"),
        (preset(name="\u3164"), "refused-preset-name"),
        (preset(name="no\u200bir"), "refused-preset-name"),
        (preset(name="no\u202eir"), "refused-preset-name"),
        (preset(name="no\nir"), "refused-preset-name"),
        (preset(name="noir \ud83e"), "refused-preset-name"),
        (preset(words="black and white"), "refused-preset-placeholder"),
        (preset(words="{Prompt}"), "refused-preset-placeholder"),
        (preset(words="{prompt} or {prompt}"), "refused-preset-placeholder"),
        (preset(words=f"{{prompt}}{'x' * 993}"), "refused-preset-words-long"),
        (preset(words="{prompt} \ud83e"), "refused-prompt-broken"),
        (preset(words="{prompt} \0"), "refused-prompt-broken"),
    ],
)
def test_a_fault_has_a_sentence(one: Preset, text_id: str) -> None:
    assert preset_fault(one) == text_id


@pytest.mark.parametrize(
    "other",
    ["NOIR", " noir ", "ｎｏｉｒ", "Noir"],  # noqa: RUF001 - wide letters
)
def test_names_that_read_alike_are_one(other: str) -> None:
    assert preset_key(other) == preset_key("noir")


def test_spaces_in_a_name_are_single() -> None:
    assert tidied("  film \t noir ") == "film noir"
    assert preset_key("film  NOIR") == preset_key("Film noir")


def test_the_words_stand_around_what_a_member_writes() -> None:
    """Also around braces that they write themselves."""
    made = preset().prompt("{prompt} {0} fox")

    assert made == "a {prompt} {0} fox, black and white"


@pytest.mark.parametrize("words", ["{prompt}", "a {prompt}, black and white"])
def test_the_longest_prompt_fills_all_the_room(words: str) -> None:
    one = preset(words=words)

    assert len(one.prompt("x" * one.room)) == PROMPT_MAX_CHARS


def test_the_audit_holds_what_was_set_and_nothing_else() -> None:
    one = Preset(name="noir", words="{prompt}", settings=VideoSettings(mode=Mode.FUN))

    assert one.values() == {"name": "noir", "words": "{prompt}", "mode": "fun"}
