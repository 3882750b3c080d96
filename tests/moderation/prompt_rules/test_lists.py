"""The operator's lists, and the one that comes with Clapper."""

from pathlib import Path

import pytest

from bot.errors import ConfigInvalid
from bot.models.choices import Mode
from bot.moderation.prompt_rules.lists import operator_rules, read_list
from bot.moderation.prompt_rules.rules import PromptRules
from bot.moderation.records import Applies, WordKind


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

    with pytest.raises(ConfigInvalid, match="Line 2") as refused:
        read_list(path, Applies.ALWAYS)

    assert "secret" not in str(refused.value)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigInvalid, match="UTF-8"):
        read_list(path, Applies.ALWAYS)


@pytest.mark.parametrize(
    "content",
    [
        "apple\npear\n".encode("utf-8-sig"),
        b"\xef\xbb\xbfapple\r\npear\r\n",
        b"apple  \t\r\n  pear",
        b"\xef\xbb\xbf# mine\r\napple\r\rpear\r",
        b"apple\n\xef\xbb\xbf# yours, joined\n\xef\xbb\xbfpear\n\xef\xbb\xbf",
        b"apple # the fruit\npear  #\n",
    ],
)
def test_what_editors_leave_in_a_file_makes_no_rule_useless(
    tmp_path: Path, content: bytes
) -> None:
    """A word that nobody can type is a rule that is silently off."""
    path = tmp_path / "words.txt"
    path.write_bytes(content)

    rules = read_list(path, Applies.ALWAYS)

    assert [rule.pattern for rule in rules] == ["apple", "pear"]
    assert PromptRules.of(rules, Mode.NORMAL).offended_by("an apple")


@pytest.mark.parametrize("line", ["regex:^b.d$", "regex: ^b.d$", "REGEX : ^b.d$"])
def test_a_regex_may_be_announced_in_any_way(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xef\xbb\xbf" + line.encode())

    (rule,) = read_list(path, Applies.ALWAYS)

    assert (rule.kind, rule.pattern) == (WordKind.REGEX, "^b.d$")


def test_every_line_that_cannot_be_a_rule_is_said_with_its_number_and_why(
    tmp_path: Path,
) -> None:
    always, spicy = tmp_path / "words.txt", tmp_path / "spicy.txt"
    lines = ["fine", "\u200b\u2060", "", "regex:", "regex:(", "regex:.*", "x" * 201]
    always.write_text("\n".join(lines), encoding="utf-8")
    spicy.write_text("fine\nregex: bad # remark\n", encoding="utf-8")

    with pytest.raises(ConfigInvalid) as refused:
        operator_rules(always, spicy)

    empty = "nothing visible is left of it"
    assert refused.value.faults == [
        f"Line 2 of the word list {always} cannot be used: {empty}.",
        f"Line 4 of the word list {always} cannot be used: {empty}.",
        (
            f"Line 5 of the word list {always} cannot be used: it is no regular "
            "expression of RE2, or too complex."
        ),
        f"Line 6 of the word list {always} cannot be used: it matches every prompt.",
        (
            f"Line 7 of the word list {always} cannot be used: it is longer than 200 "
            "characters."
        ),
        (
            f"Line 2 of the word list {spicy} cannot be used: a comment needs a line "
            "of its own; write [#] to search for a #."
        ),
    ]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("apple\n".encode("utf-16"), "It looks like UTF-16: save it as UTF-8."),
        ("apple\n".encode("utf-16-be"), "It looks like UTF-16: save it as UTF-8."),
        ("apple\n".encode("utf-32"), "It looks like UTF-16: save it as UTF-8."),
        ("apple\nBär\n".encode("latin-1"), "Line 2 is in another encoding, such as"),
    ],
)
def test_a_list_in_another_encoding_is_told_what_to_do(
    tmp_path: Path, content: bytes, advice: str
) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(content)

    with pytest.raises(ConfigInvalid) as refused:
        read_list(path, Applies.ALWAYS)

    assert f"The word list {path} is not UTF-8 text. {advice}" in str(refused.value)


def test_a_list_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"cannot be read: Is a directory\.$"):
        read_list(tmp_path, Applies.ALWAYS)
