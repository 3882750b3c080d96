"""Messages at the terminal: nothing of their markup is left."""

import time

import pytest

from bot.demo.plain_text import plain
from sandbox.page.markdown import Markdown
from sandbox.page.notation import Names

NAMES = Names(
    user={1: "Mia"}.get, role={2: "Moderators"}.get, channel={3: "general"}.get
)
NOW_S = 1_800_000_000


def read(text: str) -> str:
    return plain(Markdown(NAMES).html(text), NOW_S)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** *it* __under__ ~~gone~~ ||hidden||", "bold it under gone hidden"),
        ("### Title\nwords", "Title\nwords"),
        ("-# small", "small"),
        ("> a kite\nand more", "a kite\nand more"),
        ("<@1> and <@&2> in <#3>, see </video:5>", None),
        ("- one\n- two", "• one\n• two"),
        ("`code` and \\*stars\\*", "code and *stars*"),
        ("[here](https://x.example)", "here (https://x.example)"),
        ("https://x.example/a", "https://x.example/a"),
        ("https://discord.com/channels/9/3/8", "# general \N{SPEECH BALLOON}"),
        ("a < b & c", "a < b & c"),
        (f"in time: <t:{NOW_S + 24}:R>", "in time: in 24 seconds"),
        (f"<t:{NOW_S + 60}:R>", "in 1 minute"),
        (f"<t:{NOW_S + 7300}:R>", "in 2 hours"),
        (f"<t:{NOW_S - 90_000}:R>", "1 day ago"),
        (f"<t:{NOW_S}:R>", "in 0 seconds"),
    ],
)
def test_markup_is_read_and_not_shown(text: str, shown: str | None) -> None:
    mentions = "@Mia and @Moderators in # general, see /video"

    assert read(text) == (mentions if shown is None else shown)


def test_a_moment_is_shown_by_this_machine_s_clock() -> None:
    assert read(f"<t:{NOW_S}:t>") == time.strftime("%H:%M", time.localtime(NOW_S))
    assert "<t:" not in read(f"<t:{NOW_S}> <t:{NOW_S}:F> <t:{NOW_S}:d>")
