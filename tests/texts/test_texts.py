"""Sentences in the reader's language, with its plurals and numbers."""

import pytest

from bot.texts.texts import Texts, nearest_locale
from tests.languages import LOCALES, strict_texts


@pytest.fixture(scope="module")
def texts() -> Texts:
    return strict_texts()


@pytest.mark.parametrize(
    ("discord_locale", "ours"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("en-US", "en-US"),
        ("en-GB", "en-US"),
        ("fi", "en-US"),
        ("xx-XX", "en-US"),
        ("", "en-US"),
    ],
)
def test_everybody_gets_the_nearest_language(discord_locale: str, ours: str) -> None:
    assert nearest_locale(discord_locale, LOCALES) == ours


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("en-US", 1, "1 second"),
        ("en-US", 6, "6 seconds"),
        ("de", 1, "1 Sekunde"),
        ("de", 6, "6 Sekunden"),
    ],
)
def test_numbers_get_their_plural(
    texts: Texts, locale: str, count: int, said: str
) -> None:
    assert texts.say(locale, "choice-duration", seconds=count) == said


def test_large_numbers_are_written_as_the_language_does(texts: Texts) -> None:
    assert "1,234" in texts.say("en-US", "quota-grants", count=1234)
    assert "1.234" in texts.say("de", "quota-grants", count=1234)


def test_a_sentence_said_before_is_said_of_other_values_and_readers(
    texts: Texts,
) -> None:
    """Sentences are remembered, by everything that they were made of."""
    said = [
        texts.say(locale, "choice-duration", seconds=seconds)
        for locale in ("en-US", "de", "en-US")
        for seconds in (1, 6, 1)
    ]

    english = ["1 second", "6 seconds", "1 second"]
    german = ["1 Sekunde", "6 Sekunden", "1 Sekunde"]
    assert said == [*english, *german, *english]


def test_a_fault_is_found_each_time(texts: Texts) -> None:
    for _ in range(2):
        with pytest.raises(LookupError, match="clip-ready"):
            texts.say("en-US", "clip-ready")


def test_a_value_is_never_read_as_part_of_the_text(texts: Texts) -> None:
    said = texts.say("en-US", "clip-ready", member="{ $secret } { 1 }")

    assert said == "{ $secret } { 1 } Your video is ready!"


def test_a_value_may_look_like_the_place_of_another(texts: Texts) -> None:
    """Long ones are put into a remembered sentence, in which their names stand."""
    hole = "\ue000settings\ue001"
    long = f"{hole} {'x' * 3000}"

    for member, settings in ((hole, long), (long, hole)):
        said = texts.say("en-US", "status-settings", member=member, settings=settings)
        assert member in said
        assert settings in said
        assert said.count(hole) == 2


def test_a_missing_text_is_an_error_in_tests(texts: Texts) -> None:
    with pytest.raises(LookupError, match="no-such-text"):
        texts.say("de", "no-such-text")


def test_a_missing_value_is_an_error_in_tests(texts: Texts) -> None:
    with pytest.raises(LookupError, match="clip-ready"):
        texts.say("de", "clip-ready")


def test_a_missing_text_still_gives_the_reader_a_sentence() -> None:
    said = Texts.load().say("de", "no-such-text")

    assert "fehlen" in said


def test_a_missing_value_still_gives_the_reader_the_rest() -> None:
    assert Texts.load().say("en-US", "clip-ready").endswith("Your video is ready!")
