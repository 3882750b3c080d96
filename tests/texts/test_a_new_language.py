"""A language is a folder and nothing else: one is made up, and nothing else changed."""

from datetime import date
from pathlib import Path

import discord
import pytest

from bot.texts.texts import Texts, known_locales, nearest_locale
from tests.languages import LOCALES, made_up_language


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_up_language(tmp_path, "fr")
    return tmp_path


def test_a_folder_makes_a_language(folder: Path) -> None:
    texts = Texts.load(folder, strict=True)

    assert texts.locales == ("en-US", "de", "fr")
    assert texts.say("fr", "failed-discord").startswith("x")
    assert texts.say("fr", "clip-ready", member="@ann").startswith("x@ann")
    assert not texts.say("en-US", "failed-discord").startswith("x")
    assert texts.day("fr", date(2026, 2, 3)) == "3 févr."


@pytest.mark.parametrize(
    ("discord_locale", "ours"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("es-ES", "es-ES"),
        ("es-419", "es-ES"),
        ("pt-BR", "pt-BR"),
        ("zh-TW", "zh-TW"),
        ("zh-CN", "zh-CN"),
        ("zh-HK", "zh-CN"),
        ("en-GB", "en-US"),
        ("fi", "en-US"),
        ("f", "en-US"),
        ("", "en-US"),
    ],
)
def test_everybody_gets_the_nearest_of_many_languages(
    discord_locale: str, ours: str
) -> None:
    known = ("en-US", "de", "es-ES", "fr", "pt-BR", "zh-CN", "zh-TW")

    assert nearest_locale(discord_locale, known) == ours


def test_what_a_new_language_does_not_say_yet_is_said_in_english(folder: Path) -> None:
    (folder / "fr" / "failures.ftl").unlink()
    texts = Texts.load(folder)

    said = texts.say("fr", "failure-unconfirmed")
    assert said == Texts.load().say("en-US", "failure-unconfirmed")
    assert texts.say("fr", "failed-discord").startswith("x")


def test_a_folder_without_texts_is_no_language(folder: Path) -> None:
    (folder / "it").mkdir()

    assert "it" not in known_locales(folder)


@pytest.mark.parametrize("locale", LOCALES)
def test_discord_knows_each_language_by_the_name_of_its_folder(locale: str) -> None:
    """Under another name neither commands nor answers would ever be in it."""
    assert locale in {known.value for known in discord.Locale}
