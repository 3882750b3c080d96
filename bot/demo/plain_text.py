"""Messages as a terminal can show them: what their markup means, in plain text.

It converts the page's own drawing, so that both show the same.
"""

import time
from collections.abc import Iterator
from html.parser import HTMLParser

from sandbox.discord.components import ComponentType, walk
from sandbox.discord.messages import Message
from sandbox.page.markdown import Markdown
from sandbox.page.notation import Names

_BLOCKS = frozenset({"blockquote", "div", "ol", "p", "pre", "ul"})
_MOMENTS = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%Y-%m-%d",
    "D": "%d %B %Y",
    "f": "%d %B %Y, %H:%M",
    "F": "%A, %d %B %Y, %H:%M",
}
_UNITS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)


def text_of(message: Message, names: Names, now_s: float) -> str:
    """Return what a person reads in a message; its buttons are left out.

    Args:
        message: The message as it is now.
        names: Who and what ids stand for.
        now_s: The time that relative times count from, in seconds since 1970.
    """
    markdown = Markdown(names)
    drawn = (markdown.html(words) for words in _words(message) if words)
    return "\n".join(plain(html, now_s) for html in drawn)


def _words(message: Message) -> Iterator[str]:
    yield message.content
    for embed in message.now.embeds:
        yield str(embed.get("title") or "")
        yield str(embed.get("description") or "")
        for field in embed.get("fields") or ():
            yield f"{field.get('name')}: {field.get('value')}"
    for part in walk(message.now.components):
        if part.get("type") == ComponentType.TEXT_DISPLAY:
            yield str(part.get("content") or "")


def plain(html: str, now_s: float) -> str:
    """Return the text of what the page draws, a line for each of its lines."""
    reader = _Reader(now_s)
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).splitlines())
    return "\n".join(line for line in lines if line)


def relative(at_s: float, now_s: float) -> str:
    """Return how far away a moment is, in words: "in 2 minutes", "5 hours ago"."""
    away_s = round(at_s - now_s)
    unit, seconds = next(
        (one for one in _UNITS if abs(away_s) >= one[1]), ("second", 1)
    )
    count = abs(away_s) // seconds
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if away_s >= 0 else f"{words} ago"


class _Reader(HTMLParser):
    """Collects the text of a drawing."""

    def __init__(self, now_s: float) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._now_s = now_s
        self._in_moment = False
        self._address: str | None = None
        self._linked = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "br" or tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n• ")
        elif tag == "time":
            self._in_moment = True
            self.pieces.append(self._moment(about))
        elif tag == "a":
            self._address, self._linked = about.get("href"), ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "time":
            self._in_moment = False
        elif tag == "a":
            address, self._address = self._address or "", None
            # A link of the page's own leads nowhere from here.
            if not address.startswith("#") and address != self._linked:
                self.pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if self._in_moment:
            return
        self._linked += data
        self.pieces.append(data)

    def _moment(self, about: dict[str, str | None]) -> str:
        at_s, style = int(about.get("data-at") or 0), about.get("data-style")
        if style == "R":
            return relative(at_s, self._now_s)
        return time.strftime(_MOMENTS[style or "f"], time.localtime(at_s))
