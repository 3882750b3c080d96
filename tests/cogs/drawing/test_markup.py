"""Strangers' words stay words."""

import re

from hypothesis import given, strategies as st

from cogs.drawing.markup import bare_link, quotation, shortened

_EVIL = st.text(
    alphabet=st.one_of(
        st.sampled_from("\\`*_~|<>[]()#+-.:@&!/ \n\r\t\u2066\u202e\u200d1aé🙂"),
        st.characters(),
    ),
    max_size=300,
)
_ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")


def live_characters(quoted: str) -> str:
    """Return what Discord would still read as notation in a quotation."""
    return _ESCAPED.sub("", quoted.removeprefix("> "))


@given(_EVIL)
def test_nothing_in_a_quotation_is_read_as_notation(prompt: str) -> None:
    live = live_characters(quotation(prompt, 200))

    assert not re.search(r"[\\`*_~|<>\[\]()#+\-.:]", live)
    assert "\n" not in live


@given(_EVIL)
def test_a_quotation_mentions_nobody(prompt: str) -> None:
    """Discord looks for mentions also behind backslashes."""
    quoted = quotation(f"{prompt} @everyone <@42> <@&42> @here", 400)

    assert not re.search(r"@(everyone|here|[!&]?[0-9])", quoted)


@given(_EVIL, st.integers(min_value=2, max_value=200))
def test_a_quotation_is_at_most_twice_as_long_as_asked(
    prompt: str, most_chars: int
) -> None:
    assert len(quotation(prompt, most_chars)) <= 2 * most_chars + len("> ")


@given(_EVIL)
def test_a_quotation_can_be_sent(prompt: str) -> None:
    quotation(f"{prompt}\ud800", 200).encode()


def test_a_plain_prompt_reads_as_it_was_written() -> None:
    assert quotation("a fox, two hens", 100) == "> a fox, two hens"


def test_lines_become_one() -> None:
    assert shortened("one\n\n# two\tthree ", 100) == "one # two three"


def test_a_long_prompt_ends_in_an_ellipsis() -> None:
    assert shortened("a fox in the snow", 7) == "a fox…"


def test_the_direction_of_writing_cannot_be_turned() -> None:
    assert shortened("a\u202eb\u2066c", 100) == "abc"


def test_joined_emoji_stay_joined() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

    assert shortened(family, 100) == family


@given(st.text())
def test_a_link_ends_where_we_end_it(tail: str) -> None:
    link = bare_link(f"https://files.example/{tail.encode('utf-8', 'ignore').decode()}")

    assert not re.search(r"[<>\s]", link[1:-1])
