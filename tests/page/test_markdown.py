"""Discord's notation on the demo's page."""

import pytest
from hypothesis import given, strategies as st

from sandbox.page.markdown import Markdown
from sandbox.page.notation import Names

NAMES = Names(
    user={1: "Mia"}.get, role={2: "Moderators"}.get, channel={3: "general"}.get
)


def html(text: str) -> str:
    return Markdown(NAMES).html(text).strip()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (
            "**a** *b* _c_ __d__ ~~e~~",
            "<strong>a</strong> <em>b</em> <em>c</em> <u>d</u>",
        ),
        ("### Title", '<div class="heading h3">Title</div>'),
        ("-# small", '<div class="small">small</div>'),
        ("#hashtag", "<p>#hashtag</p>"),
        ("> said\nnot said", "<p>said</p>\n</blockquote>\n<p>not said</p>"),
        (">>> said\nsaid too", "<p>said<br>\nsaid too</p>\n</blockquote>"),
        ("||a **b**||", '<span class="spoiler">a <strong>b</strong></span>'),
        ("<@1>", '<span class="mention" data-user="1">@Mia</span>'),
        ("<@&2>", '<span class="mention">@Moderators</span>'),
        ("<#3>", '<a class="mention" href="#/3"># general</a>'),
        ("<#4>", "# unknown"),
        ("`<@1>`", "<code>&lt;@1&gt;</code>"),
        ("<t:60:R>", '<time data-at="60" data-style="R">60</time>'),
        ("[a](https://b.example)", 'href="https://b.example" target="_blank"'),
        ("see https://b.example/c.", ">https://b.example/c</a>."),
        ("https://discord.com/channels/9/3/8", 'href="#/3/8"'),
        ("- a\n- b", "<li>a</li>"),
        ("\\*\\*a\\*\\* \\|\\|b\\|\\|", "<p>**a** ||b||</p>"),
    ],
)
def test_discord_s_notation_is_drawn(text: str, drawn: str) -> None:
    assert drawn in html(text)


@pytest.mark.parametrize(
    "text",
    [
        "https\\://b.example",
        "[a](javascript:alert)",
        "@\u200beveryone",
        "&lt;b&gt;",
    ],
)
def test_what_looks_like_notation_is_not_always_one(text: str) -> None:
    drawn = html(text)

    assert "<a" not in drawn
    assert 'class="mention"' not in drawn
    assert "<b>" not in drawn


def test_a_picture_from_elsewhere_is_only_a_link() -> None:
    drawn = html("![a](https://b.example/c.png)")

    assert "<img" not in drawn


@given(st.text(alphabet="<>\"&'`*_~|[](){}:/\\#-> \nabct1@!=;", max_size=60))
def test_no_text_ever_becomes_an_element_of_its_own(text: str) -> None:
    """Whatever the notation around it, a stranger's brackets and quotes are escaped."""
    marked = html(f'{text}<i x="y">{text}')

    assert "<i x" not in marked
    assert "<script" not in html(f"{text}<script>{text}")
