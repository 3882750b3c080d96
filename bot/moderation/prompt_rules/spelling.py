"""Words that are spelled in single letters: s p i c y, s.p.i.c.y, s-p-i-c-y.

A run of single letters is a word as a whole, never a part of it: N I N E T E E N holds
no other word. What stands beside it may be read with it only by mistake: another
abbreviation, an article, a number.
"""

import re
from collections.abc import Iterator

_BETWEEN = r"[\s.\-_*·()]"
_RUN = re.compile(rf"(?<!\w)(?<!\w['\u2019])\w(?:{_BETWEEN}{{1,3}}\w){{2,}}(?!\w)")
"""Three or more single letters, each alone; the s of "it's" is none."""
_GAP = re.compile(r"\s{2,}|\n")
"""Where a word ends whose letters are closer together than that."""
_SPACE = re.compile(rf"(?:(?!\s){_BETWEEN})*\s{_BETWEEN}*")
_STOP = re.compile(r"\.\s+")
"""The end of an abbreviation, unless all letters are set apart like that."""
_ABBREVIATION = re.compile(r"\w\.\w")
_FIRST = re.compile(r"^[ai\d](?=[^\w.]*\s[^\w.]*[^\W\d])")
_LAST = re.compile(r"(?<=[^\W\d]\s)[ai\d]$|(?<=[^\w.]\s)[ai\d]$")
"""What is a word by itself: the English article, "I", a number."""
_LEAST_LETTERS = 3


def spelled_out(reading: str) -> frozenset[str]:
    """Return the words that a folded text may spell out letter by letter."""
    texts = {" ".join(part.split()) for part in (reading, *_GAP.split(reading))}
    return frozenset(
        word
        for text in texts
        for run in _RUN.finditer(text)
        for part in _parts(run[0])
        for word in _words(part)
        if len(word) >= _LEAST_LETTERS
    )


def _parts(run: str) -> Iterator[str]:
    """Yield what may be one word: the run, and what spaces or full stops divide."""
    stops = _STOP.split(run)
    if len(stops) == 1 or not _ABBREVIATION.search(run):
        yield run
    yield from stops
    yield from _SPACE.split(run)


def _words(part: str) -> Iterator[str]:
    later = _FIRST.sub("", part)
    for one in (part, later, _LAST.sub("", part), _LAST.sub("", later)):
        yield "".join(char for char in one if char.isalnum())
