"""Makes EvoLink's messages safe to log: one line, no key, no prompt."""

import re
import unicodedata

from pydantic import SecretStr

LONGEST_WORDS = 300
_READ = 2000
"""Characters of a message that are looked at; the rest is cut off unread."""
_KEY_PIECE = 8
"""So many letters and digits in a row of our key are already too many."""
_PROMPT_PIECE = 12
_SHORTEST_SECRET = 4
"""A prompt of fewer letters is a word like any other."""

_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# What a provider quotes is nearly always the prompt, and a reading does not know it.
_QUOTED = re.compile(
    r"""(?<!\w)["'`\u201c\u2018\u201e\xab].{12,}?(?:["'`\u201d\u2019\u201c\xbb](?!\w)|$)"""
)
_PROMPT = re.compile(r"(\bprompt\s*[:=]).*", re.IGNORECASE)

WITHHELD = "[withheld]"


class Redactor:
    """Knows our key, so that nothing that holds it leaves."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def token(self, value: str | None) -> str | None:
        """Return a code or an id, or None unless it is short, plain and not our key."""
        if value is None or not _TOKEN.fullmatch(value) or self._tells_key(value):
            return None
        return value

    def words(self, text: str | None, *, prompt: str = "") -> str | None:
        """Return a message fit for the log, or None if there is none.

        At most 300 characters on one line, without control characters and without
        what it quotes. Where it holds a piece of our key, or of the prompt that was
        sent, all of it is withheld.
        """
        line = _one_line((text or "")[:_READ])
        if not line:
            return None
        if self._tells_key(line) or _shares(line, prompt, _PROMPT_PIECE):
            return WITHHELD
        line = _PROMPT.sub(r"\1 […]", _QUOTED.sub("[…]", line))
        return line[:LONGEST_WORDS]

    def _tells_key(self, text: str) -> bool:
        return _shares(text, self._key.get_secret_value(), _KEY_PIECE)


def _one_line(text: str) -> str:
    """Replace what could start a line, hide text or colour a terminal by blanks."""
    plain = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join("".join(plain).split())


def _shares(text: str, secret: str, piece: int) -> bool:
    """Return whether `piece` letters or digits in a row of `secret` are in `text`."""
    text, secret = _squeezed(text), _squeezed(secret)
    if len(secret) < _SHORTEST_SECRET:
        return False
    if len(secret) <= piece:
        return secret in text
    starts = range(len(text) - piece + 1)
    return any(text[start : start + piece] in secret for start in starts)


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
