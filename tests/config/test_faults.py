"""Whatever is wrong with the settings is told in plain words, and all at once."""

import re

import pytest

from bot.config import load
from bot.config.names import settings as every_setting
from bot.errors import ConfigInvalid
from tests.config.written import DEFAULTS, NEEDED, faults, variable, written


def test_every_fault_is_named_at_once_and_both_ways() -> None:
    file = written("[polling]\nmin_interval_s = 0\n[quotas]\nmember_per_day = -2\n")

    found = faults(file, CLAPPER_LOG__LEVEL="loud", CLAPPER_EVOLINK__MODEL="sora")

    beginnings = [
        "discord.token (CLAPPER_DISCORD__TOKEN) is missing",
        "evolink.api_key (CLAPPER_EVOLINK__API_KEY) is missing",
        "evolink.model (CLAPPER_EVOLINK__MODEL) must be one of grok-imagine-text",
        "polling.min_interval_s (CLAPPER_POLLING__MIN_INTERVAL_S) must be greater",
        "log.level (CLAPPER_LOG__LEVEL) must be 'debug', 'info', 'warning' or",
        "quotas.member_per_day (CLAPPER_QUOTAS__MEMBER_PER_DAY) must be 0 or more",
    ]
    assert len(found) == len(beginnings)
    for fault, beginning in zip(found, beginnings, strict=True):
        assert fault.startswith(beginning)


def test_a_fault_is_one_line_and_repeats_no_value() -> None:
    """With two lines swapped, a secret is where a number belongs."""
    secret = "a-very-secret-value"
    names = [
        f"CLAPPER_{section}__{key}".upper()
        for section, keys in DEFAULTS.items()
        for key in keys
        if (section, key)
        not in {
            ("storage", "backup_dir"),
            ("storage", "spool_dir"),
            ("storage", "url"),
            # A secret and its file at once are one fault.
            ("http", "page_token_file"),
        }
    ]

    found = faults(None, **dict.fromkeys(names, f"{secret} {secret}"))

    assert len(found) == len(names) + len(NEEDED)
    for fault in found:
        assert secret not in fault
        assert "\n" not in fault
        assert fault.endswith((".", "?"))


ODD_VALUES = (
    "'some words'",
    "true",
    "7",
    "-7.5",
    "1e300",
    "nan",
    "inf",
    "99999999999999999999",
    "[]",
    "['a', 1]",
    "[-1]",
    "[[1]]",
    "{ a = 1 }",
    "2026-11-28",
    "'\\u0000'",
)

JARGON = re.compile(
    r"valid|parse|frozenset|integer|Input|\bstring\b|dictionary|instance|boolean"
    r"|Decimal|Value error|point to|type=|None|pydantic"
)


@pytest.mark.parametrize("name", [one.in_file for one in every_setting()])
def test_whatever_is_wrong_is_told_in_plain_words(name: str) -> None:
    """Operators are no programmers of Python."""
    section, _, key = name.partition(".")
    # A variable would win.
    above = variable(section, key.removesuffix("_file"))
    env = {one: text for one, text in NEEDED.items() if one != above}
    found = []
    for value in ODD_VALUES:
        try:
            load(written(f"[{section}]\n{key} = {value}\n"), env)
        except ConfigInvalid as error:
            found += error.faults

    assert found
    for fault in found:
        assert not JARGON.search(fault), fault
        assert name in fault or "CLAPPER_" in fault
        assert fault.endswith((".", "?"))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OPERATOR__GUILDS_ALLOWED", "7", "must be a list of ids, such as [123, 456]."),
        ("OPERATOR__GUILDS_ALLOWED", '["x"]', "must be a list of ids, such as [123"),
        ("QUOTAS__MEMBER_PER_DAY", "five", "must be a whole number."),
        ("QUOTAS__MEMBER_PER_DAY", "1.5", "must be a whole number."),
        ("POLLING__MIN_INTERVAL_S", "two", "must be a number."),
        ("EVOLINK__REPLAY_SUBMITS", "perhaps", "must be true or false."),
        ("MODERATION__WORDS_FILE", "nowhere.txt", "must name a file that exists."),
        (
            "MODERATION__WORDS_FILE",
            "nowhere.txt",
            "must name a file that exists. There is no nowhere.txt.",
        ),
        ("MODERATION__WORDS_FILE", "/", "must name a file that exists. / is a folder."),
        ("MODERATION__SPICY_WORDS_FILE", "x/" * 3000, "must name a file that exists."),
        ("POLLING__MIN_INTERVAL_S", "0", "must be greater than 0."),
        ("EVOLINK__MODELS", "sora", 'must be a list of names, such as ["one", "an'),
        ("EVOLINK__MODELS", "7", 'must be a list of names, such as ["one", "another'),
        ("EVOLINK__MODELS", "[7]", 'must be a list of names, such as ["one", "anoth'),
        ("EVOLINK__MODELS", "[]", "must be a list of different models, of grok-im"),
        ("EVOLINK__MODELS", '["sora"]', "must be a list of different models, of g"),
        (
            "EVOLINK__MODELS",
            '["sora-2-preview", "sora-2-preview"]',
            "must be a list of different models, of grok-imagine-text-to-video, ",
        ),
        ("EVOLINK__MODEL", "sora", "must be one of grok-imagine-text-to-video, gr"),
        (
            "EVOLINK__PICTURE_MODEL",
            "sora",
            "must be one of grok-imagine-image-to-video-beta, grok-imagine-video-1.0-",
        ),
    ],
)
def test_a_fault_says_what_would_be_right(name: str, value: str, expected: str) -> None:
    (fault,) = faults(None, **NEEDED, **{f"CLAPPER_{name}": value})

    assert f"(CLAPPER_{name}) {expected}" in fault


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "CLAPPER_DISCORD__TOKNE",
            (
                "discord.tokne (CLAPPER_DISCORD__TOKNE) is no setting; did you mean "
                "discord.token (CLAPPER_DISCORD__TOKEN)?"
            ),
        ),
        (
            "CLAPPER_QUOTA__MEMBER_PER_DAY",
            (
                "CLAPPER_QUOTA__MEMBER_PER_DAY is no setting; did you mean [quotas] "
                "(CLAPPER_QUOTAS__...)?"
            ),
        ),
        (
            "CLAPPER_HTTP_LISTEN",
            "CLAPPER_HTTP_LISTEN is no setting; it is written CLAPPER_HTTP__LISTEN.",
        ),
        (
            "CLAPPER_LOG__XYZXYZ",
            "log.xyzxyz (CLAPPER_LOG__XYZXYZ) is no setting.",
        ),
    ],
)
def test_a_misspelt_variable_is_answered_with_the_nearest(
    name: str, expected: str
) -> None:
    assert faults(None, **NEEDED, **{name: "value"}) == [expected]


def test_unknown_names_in_the_file_are_faults_too() -> None:
    file = written("[quotes]\nx = 1\n[log]\nlevle = 'info'\n[\"a\\nb\"]\ny = 1\n")

    found = faults(file, **NEEDED)

    assert sorted(found) == [
        (
            "[a?b] is no section; the sections are discord, evolink, polling, storage, "
            "http, log, quotas, operator, moderation, privacy."
        ),
        "[quotes] is no section; did you mean [quotas] (CLAPPER_QUOTAS__...)?",
        (
            "log.levle (CLAPPER_LOG__LEVLE) is no setting; did you mean log.level "
            "(CLAPPER_LOG__LEVEL)?"
        ),
    ]


def test_a_section_that_is_no_table_is_a_fault() -> None:
    assert faults(written("log = 'info'\n"), **NEEDED) == ["[log] must be a table."]


def test_variables_of_others_do_not_disturb() -> None:
    """A cluster makes such names for every service called clapper."""
    others = {
        "CLAPPER_SERVICE_HOST": "10.0.0.1",
        "CLAPPER_HTTP_PORT": "tcp://10.0.0.1:80",
        "CLAPPER_CONFIG": "",
        "PATH": "/bin",
    }

    assert load(None, {**NEEDED, **others}) == load(None, NEEDED)


def test_this_process_s_own_environment_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLAPPER_LOG__LEVEL", "error")

    assert load(None, NEEDED).log.level == "info"
