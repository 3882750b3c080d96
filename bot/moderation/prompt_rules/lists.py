"""The operator's lists of patterns, as files: one pattern a line.

Empty lines, and those that begin with `#`, are ignored; `regex:` begins a pattern for
RE2; everything else is a word, optionally with a comment after a space and `#`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ConfigInvalid
from bot.moderation.prompt_rules.rules import PatternFault, PatternInvalid, check_rule
from bot.moderation.records import PATTERN_MAX_CHARS, Applies, WordKind, WordRule
from bot.text_files import NotUtf8, decoded

SHIPPED_SPICY_WORDS = Path(__file__).parent / "spicy_words.txt"
"""Refuses minors in spicy; see the file itself for what it does not do."""

_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")
_REGEX = re.compile(r"regex\s*:\s*", flags=re.IGNORECASE)
_REMARK = re.compile(r"\s+#(?:\s|$)")
_WHY = {
    PatternFault.EMPTY: "nothing visible is left of it",
    PatternFault.LONG: f"it is longer than {PATTERN_MAX_CHARS} characters",
    PatternFault.REGEX: "it is no regular expression of RE2, or too complex",
    PatternFault.EVERYTHING: "it matches every prompt",
}
_REMARKED = "a comment needs a line of its own; write [#] to search for a #"


class _LineInvalid(ValueError):
    """A line cannot be used; its text says why."""


def operator_rules(
    words_file: Path | None, spicy_words_file: Path | None
) -> tuple[WordRule, ...]:
    """Return the rules that hold in every server, from both files.

    Without a file of their own spicy prompts have the list that comes with Clapper.

    Raises:
        ConfigInvalid: If a file cannot be read or a line cannot be used. A rule that
            is silently off would be worse than no start. It names every such line, not
            its content.
    """
    rules: list[WordRule] = []
    faults: list[str] = []
    for path, applies in (
        (words_file, Applies.ALWAYS),
        (spicy_words_file or SHIPPED_SPICY_WORDS, Applies.SPICY),
    ):
        try:
            rules += () if path is None else read_list(path, applies)
        except ConfigInvalid as error:
            faults += error.faults
    if faults:
        raise ConfigInvalid(faults)
    return tuple(rules)


def read_list(path: Path, applies: Applies) -> tuple[WordRule, ...]:
    """Return the rules in one file.

    Raises:
        ConfigInvalid: If it cannot be read or a line cannot be used.
    """
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        msg = f"The word list {path} cannot be read: {error.strerror}."
        raise ConfigInvalid([msg]) from error
    except NotUtf8 as error:
        msg = f"The word list {path} {error}"
        raise ConfigInvalid([msg]) from error
    rules: list[WordRule] = []
    faults: list[str] = []
    for number, line in enumerate(_LINE_END.split(text), start=1):
        try:
            rules += _rules(line, applies)
        except _LineInvalid as error:
            faults.append(
                f"Line {number} of the word list {path} cannot be used: {error}."
            )
    if faults:
        raise ConfigInvalid(faults)
    return tuple(rules)


def _rules(line: str, applies: Applies) -> Iterator[WordRule]:
    """Yield the rule of a line, if it has one."""
    # Files put together from several have their marks in the middle.
    pattern = line.replace(_BYTE_ORDER_MARK, "").strip()
    if not pattern or pattern.startswith("#"):
        return
    kind = WordKind.WORD
    if prefix := _REGEX.match(pattern):
        kind = WordKind.REGEX
        pattern = pattern[prefix.end() :]
        if _REMARK.search(pattern):
            raise _LineInvalid(_REMARKED)
    else:
        pattern = _REMARK.split(pattern, maxsplit=1)[0]
    rule = WordRule(pattern=pattern, kind=kind, applies=applies)
    try:
        check_rule(rule)
    except PatternInvalid as error:
        raise _LineInvalid(_WHY[error.fault]) from error
    yield rule
