"""Discord's notation within a line: people, places, moments, spoilers, links.

Knows how each is drawn, not where a line begins or ends.
"""

import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_MARK = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|\#(?P<channel>\d+)"
    r"|t:(?P<moment>-?\d{1,11})(?::(?P<style>[tTdDfFR]))?"
    r"|/(?P<command>[^:<>]{1,100}):\d+|a?:(?P<emoji>\w{2,32}):\d+"
    r"|(?P<url>https?://[^\s<>]+))>"
)
_BARE = re.compile(r"https?://[^\s<>|]*[^\s<>|.,:;!?\"'()\[\]]|@(?:everyone|here)\b")
_MESSAGE = re.compile(r"https://(?:\w+\.)?discord\.com/channels/\d+/(\d+)(?:/(\d+))?")
_HIDE = "||"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what ids stand for; None for what the reader does not know."""

    user: Callable[[int], str | None]
    role: Callable[[int], str | None]
    channel: Callable[[int], str | None]


def teach(parser: MarkdownIt) -> None:
    """Let a parser know the notation. Its env has to hold the `names`."""
    parser.inline.add_terminator_char("|")
    parser.inline.ruler.before("link", "mark", _mark)
    parser.inline.ruler.before("link", "spoiler", _spoiler)
    # Before escaped characters join their neighbours: `https\://` is no address.
    parser.core.ruler.before("text_join", "bare", _bare)
    # mypy: it is a method of the instance, meant to be replaced.
    parser.validateLink = _is_web_address  # type: ignore[method-assign]
    for name in ("strong_open", "strong_close"):
        parser.add_render_rule(name, _strong)
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("piece", _piece)


def _is_web_address(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Parse what is in angle brackets: people, places, moments, addresses."""
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        kind, value = next((k, v) for k, v in found.groupdict().items() if v)
        token = state.push("piece", "", 0)
        if kind == "url":
            token.content = _anchor(value, value, state.env["names"])
        elif kind == "moment":
            token.content = _moment(int(value), found["style"] or "f")
        else:
            token.content = _named(kind, value, state.env["names"])
    state.pos = found.end()
    return True


def _named(kind: str, value: str, names: Names) -> str:
    match kind:
        case "user":
            name = names.user(int(value))
            return _mention(f"@{name or 'unknown-user'}", user_id=value)
        case "role":
            return _mention(f"@{names.role(int(value)) or 'unknown-role'}")
        case "channel":
            name = names.channel(int(value))
            return _place(value, None, f"# {name}") if name else _mention("# unknown")
        case "command":
            return _mention(f"/{value}")
        case _:
            return f":{escape(value)}:"


def _mention(text: str, user_id: str | None = None) -> str:
    about = f' data-user="{user_id}"' if user_id else ""
    return f'<span class="mention"{about}>{escape(text)}</span>'


def _moment(unix_s: int, style: str) -> str:
    # What it says is written by the page, in the reader's language and time zone.
    return f'<time data-at="{unix_s}" data-style="{style}">{unix_s}</time>'


def _spoiler(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Parse a spoiler: the text between two pairs of bars."""
    begin = state.pos + len(_HIDE)
    if not state.src.startswith(_HIDE, state.pos):
        return False
    end = state.src.find(_HIDE, begin + 1, state.posMax)
    if end < 0:
        return False
    if not silent:
        most = state.posMax
        token = state.push("spoiler_open", "span", 1)
        token.attrSet("class", "spoiler")
        state.pos, state.posMax = begin, end
        state.md.inline.tokenize(state)
        state.posMax = most
        state.push("spoiler_close", "span", -1)
    state.pos = end + len(_HIDE)
    return True


def _bare(state: StateCore) -> None:
    """Make links of addresses and marks of calls to everyone in plain text."""
    for block in state.tokens:
        if block.children:
            block.children = list(_with_links(block.children, state.env["names"]))


def _with_links(tokens: Sequence[Token], names: Names) -> list[Token]:
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not depth:
            out += _split(token, names)
        else:
            out.append(token)
    return out


def _split(token: Token, names: Names) -> list[Token]:
    parts: list[Token] = []
    begin = 0
    for found in _BARE.finditer(token.content):
        parts.append(Token("text", "", 0, content=token.content[begin : found.start()]))
        words = found.group()
        is_call = words.startswith("@")
        html = _mention(words) if is_call else _anchor(words, words, names)
        parts.append(Token("piece", "", 0, content=html))
        begin = found.end()
    return [*parts, Token("text", "", 0, content=token.content[begin:])]


# ---- links -------------------------------------------------------------------------


def _anchor(url: str, text: str, names: Names) -> str:
    inside = _MESSAGE.fullmatch(url)
    name = names.channel(int(inside[1])) if inside else None
    if inside and name:
        arrow = " \N{SPEECH BALLOON}" if inside[2] else ""
        return _place(inside[1], inside[2], f"# {name}{arrow}")
    return f"<a {_leading_out(url)}>{escape(text)}</a>"


def _place(channel_id: str, message_id: str | None, text: str) -> str:
    href = f"#/{channel_id}/{message_id}" if message_id else f"#/{channel_id}"
    return f'<a class="mention" href="{href}">{escape(text)}</a>'


def _leading_out(url: str) -> str:
    return f'href="{escape(url)}" target="_blank" rel="noopener noreferrer"'


def _link(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: Any,  # noqa: ANN401 - markdown-it's own
    _env: MutableMapping[str, Any],
) -> str:
    url = str(tokens[index].attrGet("href") or "")
    if inside := _MESSAGE.fullmatch(url):
        tail = f"/{inside[2]}" if inside[2] else ""
        return f'<a href="#/{inside[1]}{tail}">'
    return f"<a {_leading_out(url)}>"


def _strong(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: Any,  # noqa: ANN401 - markdown-it's own
    _env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    name = "u" if token.markup == "__" else "strong"
    return f"<{name}>" if token.nesting > 0 else f"</{name}>"


def _piece(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: Any,  # noqa: ANN401 - markdown-it's own
    _env: MutableMapping[str, Any],
) -> str:
    return tokens[index].content
