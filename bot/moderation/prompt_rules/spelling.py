"""Words that are spelled in single letters: s p i c y, s.p.i.c.y, s-p-i-c-y.

A run of single letters is a word as a whole, never a part of it: N I N E T E E N holds
no other word. Its neighbours must not be read as part of it: another abbreviation, an
article, a number.
"""

import re
from collections.abc import Iterator

from bot.moderation.prompt_rules.folding import fold

_BETWEEN = r"[\s.\-_*·()]"
_RUN = re.compile(
    rf"(?<!\w)(?<!\w['\u2019])(?<!\b\w\s&\s)\w(?:{_BETWEEN}{{1,3}}\w){{2,}}(?!\w)"
)
"""Three or more single letters, each alone; the s of "it's" and the A of "Q & A" are
none."""
_GAP = re.compile(r"\s{2,}|\n")
"""Where a word ends whose letters are closer together than that."""
_SPACE = re.compile(rf"(?:(?!\s){_BETWEEN})*\s{_BETWEEN}*")
_STOP = re.compile(r"\.\s+")
"""The end of an abbreviation, unless all letters are set apart like that."""
_ABBREVIATION = re.compile(r"\w\.\w")
_FIRST = re.compile(r"^[ai\d](?=[^\w.]*\s[^\w.]*[^\W\d])")
_LAST = re.compile(r"(?<=[^\W\d]\s)[ai\d]$|(?<=[^\w.]\s)[ai\d]$")
"""What is a word by itself: the English article, "I", a number."""
_WORD_FOLLOWS = re.compile(r"\s+\w")
_LEAST_LETTERS = 3


def spelled_out(reading: str, prompt: str) -> frozenset[str]:
    """Return the words that a folded text may spell out letter by letter.

    `prompt` is the text as it was written: an A or I that begins a row of capitals is
    one of its letters.
    """
    in_capitals = frozenset(
        fold(letters)
        for part, _ in _parts(prompt)
        if (letters := _letters(part)).isupper()
    )
    return frozenset(
        word
        for part, leads_on in _parts(reading)
        for word in _words(
            part, is_capitals=_letters(part) in in_capitals, leads_on=leads_on
        )
        if len(word) >= _LEAST_LETTERS
    )


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what may be one word, and whether another word follows it directly.

    It may be a run of single letters, or what spaces or full stops divide in it.
    """
    for one in {" ".join(part.split()) for part in (text, *_GAP.split(text))}:
        for run in _RUN.finditer(one):
            leads_on = _WORD_FOLLOWS.match(one, run.end()) is not None
            stops = _STOP.split(run[0])
            if len(stops) == 1 or not _ABBREVIATION.search(run[0]):
                yield run[0], leads_on
            *earlier, latest = stops
            yield from ((stop, False) for stop in earlier)
            yield latest, leads_on
            yield from ((piece, False) for piece in _SPACE.split(run[0]))


def _words(part: str, *, is_capitals: bool, leads_on: bool) -> Iterator[str]:
    """Yield the part, and what is left of it without a word at its ends.

    The article and "I" are words where they lead on to another, a number always.
    """
    later = part if is_capitals and not part[0].isdigit() else _FIRST.sub("", part)
    for one in (part, later):
        yield _letters(one)
        if leads_on or one[-1:].isdigit():
            yield _letters(_LAST.sub("", one))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
