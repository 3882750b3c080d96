"""Normalises disguised words: case, width, accents, look-alikes, invisible letters.

A pattern and a prompt are folded alike and then compared, so that it does not matter
whether the result is a word in any language.
"""

import re
import unicodedata
from functools import partial

from bot.moderation.prompt_rules.flags import with_joined_letters, with_letters
from bot.moderation.prompt_rules.lookalikes import lookalike

# Invisible characters, not all of which Unicode counts as formatting: Hangul and Khmer
# fillers, the Mongolian separator, an empty braille cell.
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\u034f")
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")
"""Scripts whose accents may be dropped; elsewhere a mark makes another letter."""

_LEET = str.maketrans(
    {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_MIXED = re.compile(r"[\w@$!|]*[^\W\d_][\w@$!|]*")
"""A word with at least one letter: a bare number is never taken for a word."""
_ALONE = re.compile(r"(?<![^\W_])[^\W_](?![^\W_])")


def fold(text: str) -> str:
    """Return a text as it would look to a hasty reader, in small ASCII where it can.

    Idempotent.
    """
    # Twice: a look-alike may stand for something that has to be folded itself.
    return _folded(_folded(text))


def readings(text: str) -> tuple[str, ...]:
    """Return the ways in which a prompt may be meant, folded, the plain one first.

    In the others regional indicators that make no flag are letters, digits and signs
    in a word are the letters that they replace, and letters alone that fold to several
    (the last of s t r a ß) are as many letters alone.
    """
    lettered = with_letters(text)
    # Folding is slow, so fold once if there is only one reading.
    plain, *others = map(
        fold, dict.fromkeys((text, lettered, _ALONE.sub(_spread, lettered)))
    )
    unflagged = [with_joined_letters(one) for one in others or [plain]]
    meant = [_MIXED.sub(partial(_unleet, one), unflagged[0]) for one in ("i", "l")]
    return tuple(dict.fromkeys((plain, *unflagged, *meant)))


def _folded(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text).casefold()
    spread = unicodedata.normalize("NFD", compatible)
    kept: list[str] = []
    drops_marks = True  # as behind a space: there is no letter that it belongs to
    for char in spread:
        category = unicodedata.category(char)
        if category in {"Mn", "Me"}:
            if drops_marks or category == "Me" or _is_selector(char):
                continue
        elif (category in {"Cf", "Cc", "Cs"} and not char.isspace()) or char in _UNSEEN:
            continue
        else:
            drops_marks = char.isascii() or unicodedata.name(char, "").startswith(
                _ACCENTED
            )
        kept.append(lookalike(char) or char)
    return unicodedata.normalize("NFC", "".join(kept)).casefold()


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _spread(letter: re.Match[str]) -> str:
    folded = fold(letter[0])
    return letter[0] if len(folded) == 1 else " ".join(folded)


def _unleet(one: str, match: re.Match[str]) -> str:
    return match.group().translate(_LEET).replace("1", one).replace("|", one)
