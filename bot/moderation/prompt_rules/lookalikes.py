"""Which ASCII letter a character looks like.

Mostly the Unicode Consortium's table of confusable characters (UTS #39), as the library
confusable-homoglyphs carries it; also letters in squares, circles and small
capitals, which that table leaves out and Unicode's own names give away.
"""

import re
import unicodedata
from functools import cache

from confusable_homoglyphs import confusables

_NAMED = re.compile(
    r"(?:NEGATIVE (?:SQUARED|CIRCLED)|SQUARED|CIRCLED|PARENTHESIZED)"
    r" LATIN (?:CAPITAL|SMALL) LETTER (?P<boxed>[A-Z])"
    r"|LATIN LETTER SMALL CAPITAL (?P<small>[A-Z])"
    r"|MODIFIER LETTER (?:CAPITAL|SMALL) (?P<raised>[A-Z])"
    r"|LATIN (?:CAPITAL|SMALL) LETTER (?P<plain>[A-Z])(?: WITH .*)?"
)


@cache
def lookalike(char: str) -> str | None:
    """Return the lower-case ASCII letter or digit that a character is taken for.

    None for ASCII itself, and where it looks like no such letter. At most as many
    answers are kept as there are characters.
    """
    if char.isascii():
        return None
    named = _NAMED.fullmatch(unicodedata.name(char, ""))
    if named is not None:
        return next(letter for letter in named.groups() if letter).lower()
    for other in confusables.confusables_data.get(char, ()):
        plain = _bare(other["c"])
        if plain.isascii() and plain.isalnum():
            return plain
    return None


def _bare(text: str) -> str:
    """Return the letters of a text, without accents, in lower case."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in spread if char.isalnum())
