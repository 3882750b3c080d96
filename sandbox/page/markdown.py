"""Discord's markdown as safe HTML. Knows the notation, not who is behind an id.

What people write is never HTML here: whatever is no notation is escaped. Source:
Discord docs, "Message Formatting", and Discord's help pages on markdown.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from sandbox.page.notation import Names, teach

_BLOCK_RULES = ("fence", "list")
_INLINE_RULES = ("newline", "escape", "backticks", "strikethrough", "emphasis", "link")
_LINE = re.compile(r"(?P<hashes>#{1,3}|-#) +(?P<words>\S.*)")
_QUOTE, _REST_QUOTE = "> ", ">>> "


class Markdown:
    """Turns texts into HTML for one reader."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._parser = _parser()

    def html(self, text: str) -> str:
        """Return a text as HTML that holds nothing but what this module writes."""
        return str(self._parser.render(text, {"names": self._names}))


def _parser() -> MarkdownIt:
    options = {"html": False, "breaks": True, "xhtmlOut": False, "linkify": False}
    parser = MarkdownIt("zero", options)
    parser.enable([*_BLOCK_RULES, *_INLINE_RULES])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "list"]}
    parser.block.ruler.before("paragraph", "quote", _quote, interrupts)
    parser.block.ruler.before("paragraph", "line", _line, interrupts)
    teach(parser)
    return parser


def _line(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read a heading, or small print."""
    found = _LINE.fullmatch(_text_of(state, start).rstrip())
    if found is None or state.tShift[start]:
        return False
    if silent:
        return True
    hashes = found["hashes"]
    # Not h1 to h3: a heading in a message is none of the page's.
    token = state.push("line_open", "div", 1)
    token.attrSet("class", "small" if hashes == "-#" else f"heading h{len(hashes)}")
    inline = state.push("inline", "", 0)
    inline.content, inline.children, inline.map = found["words"], [], [start, start + 1]
    state.push("line_close", "div", -1)
    state.line = start + 1
    return True


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read a quotation: lines that begin with `> `, or all that follows `>>> `."""
    first = _text_of(state, start)
    to_the_end = first.startswith(_REST_QUOTE)
    if state.tShift[start] or not (to_the_end or first.startswith(_QUOTE)):
        return False
    if silent:
        return True
    line = start + 1
    while line < end and (to_the_end or _text_of(state, line).startswith(_QUOTE)):
        line += 1
    lines = [_text_of(state, one) for one in range(start, line)]
    if to_the_end:
        lines[0] = lines[0].removeprefix(_REST_QUOTE)
    else:
        lines = [one.removeprefix(_QUOTE) for one in lines]
    state.push("blockquote_open", "blockquote", 1)
    state.md.block.parse("\n".join(lines), state.md, state.env, state.tokens)
    state.push("blockquote_close", "blockquote", -1)
    state.line = line
    return True


def _text_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]
