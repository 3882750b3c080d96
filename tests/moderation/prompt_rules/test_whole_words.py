"""A rule's word is found where it stands as a word, spelled or not, and only there."""

import random
import re
from collections.abc import Callable
from importlib import resources
from itertools import product

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from bot.models.choices import Mode
from bot.moderation.prompt_rules.flags import COUNTRIES
from bot.moderation.prompt_rules.folding import fold
from bot.moderation.prompt_rules.rules import PromptRules
from bot.moderation.records import Applies, WordKind, WordRule


def offends(prompt: str, *words: str) -> bool:
    rules = [
        WordRule(pattern=word, kind=WordKind.WORD, applies=Applies.ALWAYS)
        for word in words
    ]
    return PromptRules.of(rules, Mode.NORMAL).offended_by(prompt)


def flag(country: str) -> str:
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in country.upper())


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("the U.S.A. S.S. United States liner", "ass"),
        ("the U.S. A.S.S.R. flag", "usa"),
        ("a N.A. S.A. tour", "nasa"),
        ("the H.E. L.L. Bean shop", "hell"),
        ("S H E L L sign", "hell"),
        ("a S-H-E-L-L sign", "hell"),
        ("a s.h.e.l.l. sign", "hell"),
        ("N I N E T E E N", "teen"),
        ("C A N T E E N in neon", "teen"),
        ("A M E N", "men"),
        ("A M E N in neon", "men"),
        ("the word “A M E N”", "men"),
        ("A  M  E  N", "men"),
        ("A\nM\nE\nN", "men"),
        ("Ａ Ｍ Ｅ Ｎ", "men"),
        ("the A R A B world", "rab"),
        ("I S I S, a goddess", "sis"),
        ("T A X I", "tax"),
        ("a sign: T A X I.", "tax"),
        ("a t a x i", "tax"),
        ("H A I T I, the island", "hait"),
        ("P E N A", "pen"),
        ("G R A S S in neon", "ass"),
        ("B O Y C O T T", "boy"),
        ("see a s s x", "ass"),
        ("J. R. R. Tolkien", "jr"),
        ("J. R. R. Tolkien at his desk", "tolkien r"),
        ("C. S. Lewis and J. R. R. Tolkien", "rt"),
        ("Q & A with A. S. Smith", "ass"),
        ("an F B I agent", "bi"),
        ("a C I A agent", "ci"),
        ("a D.I.Y. shelf", "di"),
        ("A.I.D.S. research", "ids"),
        ("at 5 p.m. I sat", "mis"),
        ("plan B, A S, S", "ass"),
        ("it's a test", "sat"),
        ("World War I I I", "ii"),
        ("Elizabeth II, Rocky Ⅳ and Henry Ⅷ", "iv ii"),
        ("A N S I C H T", "nsicht x"),
        ("S C H U L E im Dorf", "hul"),
        ("z. B. d. h. u. a. m.", "bdh"),
        ("B E S T K I N D E R G A R T E N", "kind"),
        ("keycaps 1️⃣2️⃣3️⃣4️⃣", "23"),
        ("1 2 3 4 5", "234"),
        ("blood types 🅰️🅱️🅾️", "ab"),
        ("🅰️ 🆎 🅱️ 🅾️", "bo"),
        ("🆘 🆗 🆒 🆕", "ok"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿 in a row", "gb"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 in the wind", "gbeng"),
        ("🇮🇹 in the wind", "it"),
        ("🇮🇹🇩🇪🇫🇷🇺🇸 in the wind", "it"),
        ("🇮🇹🇩🇪🇫🇷🇺🇸 in the wind", "us"),
        ("🇦🇹🇪🇪🇳🇬 in the wind", "teen"),
        ("🇮🇹 🇩🇪 🇫🇷", "itdefr"),
        ("🇲🇦🇲🇦 twice Morocco", "mama"),
        ("🇪🇺 and 🇺🇳 and 🇽🇰", "un"),
        ("🇮🇹Italy", "it"),
        ("🇦🇩🇪🇸 side by side", "🇩🇪"),
    ],
)
def test_what_is_no_word_of_the_prompt_is_not_found(prompt: str, word: str) -> None:
    assert not offends(prompt, word)


@pytest.mark.parametrize(
    "prompt",
    [
        "a s s", "A S S", "a.s.s", "a.s.s.", "a-s-s", "a_s_s", "a*s*s", "a·s·s",
        "(a)(s)(s)", "a - s - s", "a  s  s", "a\ns\ns", "a s-s",
        "a\u200b s\u200b s", "ａ ｓ ｓ", "🇦 🇸 🇸", "🇦🇸🇸", "🅰 🅂 🅂", "à ś š",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "sentence",
    [
        "{}", "nice {} here", "show {}", "{} in the sun", "a {} here", "is {} I like",
        "it's {}", "don't {}", "at 5 {}", "3 {} 4", "“{}”", "'{}'", "e.g. {}",
        "grade A. {}", "(see {})", "words,   {}   and so on", "{}, {}",
        "the U.S. {}", "the U.S.A.   {}",
    ],
)  # fmt: skip
def test_a_word_spelled_out_in_a_sentence_is_found(prompt: str, sentence: str) -> None:
    assert offends(sentence.format(prompt, prompt), "ass")


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("a s t r a ß e here", "straße"),
        ("S T R A S S E", "straße"),
        ("ein S.t.r.a.ß.e", "strasse"),
        ("S c h ü l e r", "Schüler"),
        ("l i t t l e g i r l", "little girl"),
        ("l i t t l e   g i r l", "girl"),
        ("p r e - t e e n", "pre-teen"),
        ("n a k e d   b o y", "boy"),
        ("plan B b.o.y", "boy"),
        ("Malcolm X b-o-y", "boy"),
        ("👦 b o y 👦", "boy"),
        ("д е т и", "дети"),
        ("🇮\u200b🇹 letters", "it"),
        ("🇸🇪xy", "sexy"),
        ("🇸🇪🇽", "sex"),
        ("🇸🇪\u200bxy", "sexy"),
        ("🇮🇹 in the wind", "🇮🇹"),
        ("🇩🇪🇮🇹 in the wind", "🇮🇹"),
        ("1️⃣ b o y", "boy"),
        ("nice b. o. y. here", "boy"),
        ("s. p i. c y", "spicy"),
        ("A m e n here", "men"),
        ("I s e x", "sex"),
        ("A M E N", "amen"),
        ("a T A X I", "taxi"),
        ("T A X I I like", "taxi"),
        ("4 M E N", "men"),
        ("M E N 4", "men"),
        ("B O Y I like", "boy"),
    ],
)
def test_other_spellings_are_found_too(prompt: str, word: str) -> None:
    assert offends(prompt, word)


def test_the_countries_are_those_of_the_standard_and_those_that_unicode_adds() -> None:
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab")
    standard = {
        line[:2]
        for line in table.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }

    assert standard <= COUNTRIES
    assert {"EU", "UN", "XK"} < COUNTRIES - standard
    assert len(COUNTRIES) == 259, "Emoji 16's list of flags"


RULES = (
    "ass", "hell", "teen", "it", "boy", "kid", "men", "sex", "rape", "us", "hit",
    "nazi", "child", "straße", "loli", "tit", "anal", "pen", "ding", "his", "am",
)  # fmt: skip
ORDINARY = (
    "grass", "shell", "nineteen", "Italy", "boycott", "kidney", "women", "Essex",
    "grape", "bus", "white", "title", "canal", "garden", "Strassenbahn", "lolly",
    "open", "Kindergarten", "Klasse", "schellen", "building", "this", "hello",
    "assassin", "the", "over", "lamp", "Bär", "Größe", "Fenster", "tree", "hammer",
)  # fmt: skip


def bare(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def spelled(word: str, separator: str) -> str:
    return separator.join(word)


_letters = st.sampled_from("BCDEFGHJKLMNOPQRSTUVWXYZ")
initials = st.lists(_letters, min_size=1, max_size=4).map(
    lambda letters: " ".join(f"{letter}." for letter in letters) + " Nguyen"
)
abbreviations = st.lists(_letters, min_size=2, max_size=4).map(
    lambda letters: "".join(f"{letter}." for letter in letters)
)
signs = st.builds(
    spelled,
    st.sampled_from(ORDINARY).map(str.upper),
    st.sampled_from((" ", "-", ".", "·", "_")),
)
flags = st.lists(st.sampled_from(sorted(COUNTRIES)), min_size=1, max_size=4).map(
    lambda countries: "".join(map(flag, countries))
)
pieces = st.one_of(
    st.sampled_from(ORDINARY), initials, abbreviations, signs, flags,
    st.sampled_from(("&", "Q & A", "🎬", "7", "1️⃣", "–", "🏴󠁧󠁢󠁥󠁮󠁧󠁿")),
)  # fmt: skip


@pytest.mark.thorough
@settings(max_examples=500)
@given(st.lists(pieces, min_size=1, max_size=6), st.sampled_from(RULES))
@example(["the", "U.S.A.", "S.S.", "lamp"], "ass")
@example(["U.S.", "H.E.", "L.L."], "hell")
@example(["Q & A", "S. S. Nguyen"], "ass")
def test_ordinary_words_and_abbreviations_break_no_rule_that_they_do_not_hold(
    parts: list[str], rule: str
) -> None:
    # Except for an abbreviation that is the very word.
    assume(all(bare(part.removesuffix(" Nguyen")) != bare(rule) for part in parts))

    # Signs are set apart, as one letter's end and the next one's begin cannot be told.
    assert not offends(", ".join(parts), rule)
    if not any(re.search(r"\w[ \-._·]\w(?:[ \-._·]\w)+", part) for part in parts):
        assert not offends(" ".join(parts), rule)


@pytest.mark.thorough
@settings(max_examples=300)
@given(
    st.lists(abbreviations, min_size=2, max_size=6),
    st.sampled_from([rule for rule in RULES if len(rule) > 2]),
)
def test_abbreviations_do_not_join_over_a_space(parts: list[str], rule: str) -> None:
    assume(all(bare(part) != bare(rule) for part in parts))

    assert not offends(" ".join(parts), rule)


SEPARATORS = (" ", ".", "-", "_", "*", "·", ". ", " - ", "  ", "\n", "\u200b ", ") (")


@settings(max_examples=500)
@given(
    st.sampled_from([rule for rule in RULES if len(rule) > 2]),
    st.sampled_from(SEPARATORS),
    st.sampled_from(("", "nice ", "a ", "it's ", "the U.S. ", "in 3 ", "grade A. ")),
    st.sampled_from(("", " here", " I saw", ", you", "!", " & more", " 7 times")),
    st.sampled_from((str, str.upper, str.title)),
)
def test_every_spelled_form_of_a_word_is_found(
    rule: str,
    separator: str,
    before: str,
    after: str,
    cased: Callable[[str], str],
) -> None:
    # U.S. A. S. S. may be the initials of somebody.
    assume(separator != ". " or "." not in before)

    assert offends(f"{before}{spelled(cased(rule), separator)}{after}", rule)


def test_a_long_run_of_letters_costs_next_to_nothing() -> None:
    """4000 characters of spelled text, in every mixture of separators."""
    chosen = random.Random(7)  # noqa: S311 - a test
    for separators in product((" ", ".", ". ", "-", "  "), repeat=2):
        text = "".join(f"a{chosen.choice(separators)}" for _ in range(1500))

        assert not offends(text[:4000], "ass")
