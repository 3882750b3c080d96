"""Compiled patterns, and whether a prompt matches one.

Patterns come from admins. RE2 matches in linear time whatever the pattern, so that none
of them can hold up the bot (RE2 docs: "Why RE2?").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import re2

from bot.models.choices import Mode
from bot.moderation.prompt_rules.flags import set_apart
from bot.moderation.prompt_rules.folding import fold, readings
from bot.moderation.prompt_rules.spelling import spelled_out
from bot.moderation.records import PATTERN_MAX_CHARS, Applies, WordKind, WordRule

_REGEX_MEMORY_BYTES = 128 * 1024
"""For a pattern's program and its states. Larger patterns are refused."""

# Scripts that put no spaces between words: a rule is found inside a longer text.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


class PatternFault(StrEnum):
    """Why a pattern cannot be used. Each has a text `refused-pattern-<fault>`."""

    EMPTY = "empty"
    LONG = "long"
    REGEX = "regex"
    EVERYTHING = "everything"


class PatternInvalid(ValueError):
    """A pattern cannot be used."""

    def __init__(self, fault: PatternFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PromptRules:
    """Some compiled patterns. Immutable."""

    words: "re.Pattern[str] | None"
    parts: tuple[str, ...]
    """Found anywhere, in scripts without spaces."""
    spellable: frozenset[str]
    """The letters of words, which may also be spelled out one by one."""
    regexes: tuple[Any, ...] = field(repr=False)

    @classmethod
    def of(cls, rules: Iterable[WordRule], mode: Mode) -> "PromptRules":
        """Return the rules that concern prompts of a mode.

        Raises:
            PatternInvalid: If one of them cannot be used.
        """
        concerned = [
            rule
            for rule in rules
            if rule.applies is Applies.ALWAYS or mode is Mode.SPICY
        ]
        folded = {
            folded_word(rule.pattern)
            for rule in concerned
            if rule.kind is WordKind.WORD
        }
        parts = {word for word in folded if _SPACELESS.search(word)}
        return cls(
            words=_one_pattern(folded - parts),
            parts=tuple(sorted(parts)),
            spellable=frozenset(map(_letters, folded - parts)),
            regexes=tuple(
                compiled_regex(rule.pattern)
                for rule in concerned
                if rule.kind is WordKind.REGEX
            ),
        )

    def offended_by(self, prompt: str) -> bool:
        """Return whether a prompt breaks any of the rules."""
        meant = readings(prompt)
        read = [" ".join(set_apart(one).split()) for one in meant]
        if self.words is not None and any(self.words.search(one) for one in read):
            return True
        if any(part in one for part in self.parts for one in read):
            return True
        if any(
            not self.spellable.isdisjoint(spelled_out(one, prompt)) for one in meant
        ):
            return True
        # A lone surrogate cannot be written as UTF-8, which RE2 works on.
        raw, folded = (
            one.encode("utf-8", "replace").decode() for one in (prompt, fold(prompt))
        )
        return any(regex.search(raw) or regex.search(folded) for regex in self.regexes)


def check_rule(rule: WordRule) -> None:
    """Make sure that a rule can be used, and does not forbid everything.

    Raises:
        PatternInvalid: Otherwise.
    """
    if len(rule.pattern) > PATTERN_MAX_CHARS:
        raise PatternInvalid(PatternFault.LONG)
    match rule.kind:
        case WordKind.WORD:
            folded_word(rule.pattern)
        case WordKind.REGEX:
            if compiled_regex(rule.pattern).search(""):
                # It would refuse every prompt, surely by mistake.
                raise PatternInvalid(PatternFault.EVERYTHING)


def folded_word(pattern: str) -> str:
    """Return a word rule as it is searched for.

    Raises:
        PatternInvalid: If nothing visible is left of it.
    """
    word = " ".join(set_apart(fold(pattern)).split())
    if not word:
        raise PatternInvalid(PatternFault.EMPTY)
    return word


@lru_cache(maxsize=4096)
def compiled_regex(pattern: str) -> Any:  # noqa: ANN401 - the library has no types
    """Return a pattern for RE2, without regard to case.

    Raises:
        PatternInvalid: If RE2 does not take it: its syntax (RE2 docs: "Syntax") has no
            back-references and no look-around; or if it grows too large.
    """
    if not pattern.strip():
        raise PatternInvalid(PatternFault.EMPTY)
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY_BYTES
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternInvalid(PatternFault.REGEX) from error


def _letters(word: str) -> str:
    return "".join(char for char in word if char.isalnum())


def _one_pattern(words: Iterable[str]) -> "re.Pattern[str] | None":
    """Return one pattern for many whole words; None if there are none.

    Escaped words alone cannot make Python's own `re` slow. White space between the
    words of a rule may be of any length.
    """
    escaped = [r"\s+".join(map(re.escape, word.split())) for word in sorted(words)]
    if not escaped:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(escaped)})(?!\w)")
