"""The operator's lists of patterns, as files: one pattern a line.

An empty line, or one that begins with `#`, is nothing; `regex:` begins a pattern for
RE2; everything else is a word.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.domain.moderation import Applies, WordKind, WordRule
from bot.errors import StartupError
from bot.prompt_rules.rules import PatternInvalid, check_rule

SHIPPED_SPICY_WORDS = Path(__file__).parent / "spicy_words.txt"
"""Refuses minors in spicy; see the file itself for what it does not do."""

_REGEX = "regex:"


def operator_rules(
    words_file: Path | None, spicy_words_file: Path | None
) -> tuple[WordRule, ...]:
    """Return the rules that hold in every server, from both files.

    Without a file of their own spicy prompts have the list that comes with Clapper.

    Raises:
        StartupError: If a file cannot be read or a line cannot be used; names the line,
            not what stands in it.
    """
    rules = () if words_file is None else read_list(words_file, Applies.ALWAYS)
    spicy = read_list(spicy_words_file or SHIPPED_SPICY_WORDS, Applies.SPICY)
    return (*rules, *spicy)


def read_list(path: Path, applies: Applies) -> tuple[WordRule, ...]:
    """Return the rules in one file.

    Raises:
        StartupError: If it cannot be read or a line cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The word list {path} cannot be read as UTF-8 text."
        raise StartupError(msg) from error
    return tuple(_rules(path, text, applies))


def _rules(path: Path, text: str, applies: Applies) -> Iterator[WordRule]:
    for number, line in enumerate(text.splitlines(), start=1):
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        kind = WordKind.WORD
        if pattern.startswith(_REGEX):
            kind = WordKind.REGEX
            pattern = pattern.removeprefix(_REGEX).strip()
        rule = WordRule(pattern=pattern, kind=kind, applies=applies)
        try:
            check_rule(rule)
        except PatternInvalid as error:
            msg = f"Line {number} of the word list {path} cannot be used."
            raise StartupError(msg) from error
        yield rule
