"""Which patterns can be used, what they see, and what they cost."""

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.models.choices import Mode
from bot.models.profile import PROMPT_MAX_CHARS
from bot.moderation.prompt_rules.folding import fold, readings
from bot.moderation.prompt_rules.rules import (
    PatternInvalid,
    PromptRules,
    check_rule,
    compiled_regex,
)
from bot.moderation.records import PATTERN_MAX_CHARS, Applies, WordKind, WordRule


def word(pattern: str, applies: Applies = Applies.ALWAYS) -> WordRule:
    return WordRule(pattern=pattern, kind=WordKind.WORD, applies=applies)


def regex(pattern: str) -> WordRule:
    return WordRule(pattern=pattern, kind=WordKind.REGEX, applies=Applies.ALWAYS)


def offends(prompt: str, *rules: WordRule, mode: Mode = Mode.NORMAL) -> bool:
    return PromptRules.of(rules, mode).offended_by(prompt)


def test_a_word_is_a_whole_word() -> None:
    assert offends("an apple pie", word("apple"))
    assert not offends("pineapple juice", word("apple"))
    assert not offends("apples", word("apple"))


def test_in_scripts_without_spaces_a_word_is_a_part() -> None:
    assert offends("私は林檎が好き", word("林檎"))
    assert offends("ฉันชอบแอปเปิลมาก", word("แอปเปิล"))


def test_a_rule_for_spicy_leaves_other_modes_alone() -> None:
    rule = word("apple", Applies.SPICY)

    assert offends("apple", rule, mode=Mode.SPICY)
    assert not offends("apple", rule, mode=Mode.NORMAL)


def test_a_regex_sees_the_raw_prompt_and_the_folded_one() -> None:
    assert offends("ÄPFEL", regex("^Äpfel$"))
    assert offends("ÄPFEL", regex("^apfel$"))
    assert offends("ａｐｐｌｅ", regex(r"\bapp.e\b"))
    assert not offends("pear", regex(r"\bapp.e\b"))


def test_a_pattern_may_be_disguised_itself() -> None:
    assert offends("a spicy cat", word("ｓpïcy"))
    assert offends("a sp1cy cat", word("sp1cy"))


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (word("\u200b\u200b"), "empty"),
        (word("   "), "empty"),
        (regex("   "), "empty"),
        (word("x" * (PATTERN_MAX_CHARS + 1)), "long"),
        (regex("("), "regex"),
        (regex(r"(?=look)ahead"), "regex"),
        (regex(r"(a)\1"), "regex"),
        (regex("((a{100}){100}){100}"), "regex"),
        (regex(".*"), "everything"),
        (regex("a|"), "everything"),
        (regex("\ud800"), "regex"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(rule: WordRule, fault: str) -> None:
    with pytest.raises(PatternInvalid) as refused:
        check_rule(rule)

    assert refused.value.fault == fault


PATHOLOGICAL = [
    "(a*)*b",
    "(a+)+$",
    "(x+x+)+y",
    "(a|aa)+$",
    "(a|a?)+$",
    "(.*.*.*)*=x",
    r"(\w+\s?)+!",
    "(?:a?){90}a{90}b",
    "(a|b)*a(a|b){60}c",
    r"\w{1,150}\d\w{1,150}!",
]


def cost_s(pattern: str, text: str) -> float:
    """Return the least of several: whatever else the machine does only adds."""
    regex = compiled_regex(pattern)
    regex.search(text)
    costs = []
    for _ in range(7):
        begin = time.thread_time()
        regex.search(text)
        costs.append(time.thread_time() - begin)
    return min(costs)


@pytest.mark.parametrize("pattern", PATHOLOGICAL)
@pytest.mark.parametrize("unit", ["a", "ab", "x", "a1 "])
def test_a_pathological_pattern_costs_under_50_ms(pattern: str, unit: str) -> None:
    """CPU time of one thread, so that a busy machine does not change the result."""
    text = (unit * PROMPT_MAX_CHARS)[:PROMPT_MAX_CHARS]
    try:
        compiled_regex(pattern)
    except PatternInvalid:
        return  # refused when it is set, which is as good

    assert cost_s(pattern, text) < 0.05


def test_the_costliest_pattern_grows_with_the_prompt_and_no_faster() -> None:
    """Linear: eight times the text costs about eight times the time, not 64."""
    costs = [cost_s(r"\w{1,150}\d\w{1,150}!", "a1" * n) for n in (250, 500, 1000, 2000)]

    for shorter, longer in pairwise(costs):
        assert longer < 3.5 * shorter + 0.002


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_text_can_be_folded_and_read(text: str) -> None:
    found = readings(text)

    assert found[0] == fold(text)
    assert not offends(text, word("xyzzy-not-in-there"), regex("xyzzy-not-in-there"))


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=40))
@example("\u0300")
def test_a_rule_catches_at_least_itself(text: str) -> None:
    """Whatever an admin pastes as a word, that same text in a prompt is refused."""
    try:
        check_rule(word(text))
    except PatternInvalid:
        return

    assert offends(f"one {text} two", word(text)) or not fold(text).strip()
