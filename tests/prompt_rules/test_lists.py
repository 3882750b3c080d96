"""The operator's lists, and the one that comes with Clapper."""

from pathlib import Path

import pytest

from bot.domain.moderation import Applies, WordKind
from bot.domain.video import Mode
from bot.errors import StartupError
from bot.prompt_rules.lists import operator_rules, read_list
from bot.prompt_rules.rules import PromptRules


@pytest.mark.parametrize(
    "prompt",
    [
        "a teen at the beach", "two schoolgirls", "a 16 year old in a dress",
        "a 15-year-old", "aged 14", "a seventeen year old", "ein 16-jähriges Kind",
        "sechzehn? nein, 12 Jahre alt", "minderjährig", "ロリ風", "la niña",
        "TEENAGER", "t33n", "ｌｏｌｉ", "16yo on a sofa",
    ],
)  # fmt: skip
def test_the_shipped_list_refuses_minors_in_spicy(prompt: str) -> None:
    rules = operator_rules(None, None)

    assert PromptRules.of(rules, Mode.SPICY).offended_by(prompt)
    assert not PromptRules.of(rules, Mode.NORMAL).offended_by(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman in a red dress", "a 25 year old woman", "a man of 40 on a sofa",
        "ein Paar beim Tanzen", "an adult couple",
        "a dancer, aged 30", "16:9 film look",
        "18 year old whisky", "1920s lingerie advert", "a 10 second kiss",
    ],
)  # fmt: skip
def test_the_shipped_list_lets_adults_pass(prompt: str) -> None:
    rules = PromptRules.of(operator_rules(None, None), Mode.SPICY)

    assert not rules.offended_by(prompt)


def test_a_list_has_words_regexes_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# mine\n\napple pie\nregex: ^b.d$\n", encoding="utf-8")

    word, regex = read_list(path, Applies.ALWAYS)

    assert (word.pattern, word.kind) == ("apple pie", WordKind.WORD)
    assert (regex.pattern, regex.kind) == ("^b.d$", WordKind.REGEX)


def test_an_own_spicy_list_replaces_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("pear\n", encoding="utf-8")

    (only,) = operator_rules(None, path)

    assert only.pattern == "pear"
    assert only.applies is Applies.SPICY


def test_a_faulty_line_is_named_but_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("fine\nregex:(secret\n", encoding="utf-8")

    with pytest.raises(StartupError, match="Line 2") as refused:
        read_list(path, Applies.ALWAYS)

    assert "secret" not in str(refused.value)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StartupError, match="UTF-8"):
        read_list(path, Applies.ALWAYS)
