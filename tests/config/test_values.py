"""What values settings may have."""

import json
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import pytest

from bot.config import load
from bot.config.names import sections
from tests.config.written import NEEDED, faults, variable, written


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        ("", ("grok-imagine-text-to-video",)),
        ("model = 'sora-2-preview'", ("sora-2-preview",)),
        ("model = ''", ("grok-imagine-text-to-video",)),
        (
            "models = ['sora-2-preview', 'wan3.0-text-to-video']",
            ("sora-2-preview", "wan3.0-text-to-video"),
        ),
    ],
)
def test_models_are_offered_as_they_are_named(
    settings: str, offered: tuple[str, ...]
) -> None:
    file = written(f"[evolink]\n{settings}\n")

    assert load(file, NEEDED).evolink.offered == offered


def test_models_are_named_in_one_place_only() -> None:
    file = written("[evolink]\nmodel = 'sora-2-preview'\n")
    models = '["wan3.0-text-to-video"]'

    assert faults(file, **NEEDED, CLAPPER_EVOLINK__MODELS=models) == [
        (
            "evolink.model (CLAPPER_EVOLINK__MODEL) and evolink.models "
            "(CLAPPER_EVOLINK__MODELS) are both set; keep evolink.models."
        )
    ]


def test_an_empty_name_switches_pictures_off() -> None:
    config = load(None, {**NEEDED, "CLAPPER_EVOLINK__PICTURE_MODEL": ""})

    assert config.evolink.picture_model == ""


def test_an_empty_text_means_not_set() -> None:
    names = (
        "DISCORD__GATEWAY_URL",
        "HTTP__PUBLIC_URL",
        "OPERATOR__CHANNEL_ID",
        "OPERATOR__GUILDS_ALLOWED",
        "QUOTAS__SERVER_CREDITS_PER_MONTH",
        "MODERATION__WORDS_FILE",
        "DISCORD__TOKEN_FILE",
    )
    env = {f"CLAPPER_{name}": "" for name in names}

    assert load(None, {**NEEDED, **env}) == load(None, NEEDED)


def test_empty_listen_is_off() -> None:
    assert load(None, {**NEEDED, "CLAPPER_HTTP__LISTEN": ""}).http.listen == ""


def test_guilds_are_a_json_list_or_an_array() -> None:
    file = written("[operator]\nguilds_barred = [3, 4]\n")
    env = {**NEEDED, "CLAPPER_OPERATOR__GUILDS_ALLOWED": json.dumps([1, "2"])}

    operator = load(file, env).operator

    assert operator.guilds_allowed == frozenset({1, 2})
    assert operator.guilds_barred == frozenset({3, 4})


@pytest.mark.parametrize("value", ["1,2", "[1", "[-1]", '["x"]', "{}", "[1.5]"])
def test_other_lists_of_guilds_are_faults(value: str) -> None:
    (fault,) = faults(None, **NEEDED, CLAPPER_OPERATOR__GUILDS_ALLOWED=value)

    assert fault.startswith("operator.guilds_allowed (CLAPPER_OPERATOR__GUILDS_ALLO")


def test_only_minus_one_means_no_limit() -> None:
    env = {**NEEDED, "CLAPPER_QUOTAS__SERVER_PER_DAY": "-1"}

    assert load(None, env).quotas.server_per_day == -1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POLLING__MIN_INTERVAL_S", "1e308"),
        ("POLLING__GIVE_UP_AFTER_S", "1e308"),
        ("PRIVACY__PROMPT_DAYS", "99999999999"),
        ("EVOLINK__MAX_ACTIVE_TASKS", "100000000000000000000"),
        ("QUOTAS__MEMBER_COOLDOWN_S", "1e14"),
        ("QUOTAS__MEMBER_COOLDOWN_S", "-0.5"),
        ("QUOTAS__CREDIT_RESERVE", "-1"),
        ("QUOTAS__CREDIT_RESERVE", "nan"),
        ("QUOTAS__TOTAL_CREDITS_PER_MONTH", "-1"),
        ("QUOTAS__MEMBER_PER_DAY", "1.5"),
        ("EVOLINK__MAX_ACTIVE_TASKS", "0"),
        ("POLLING__GIVE_UP_AFTER_S", "inf"),
        ("DISCORD__UPLOAD_LIMIT_MIB", "501"),
        ("OPERATOR__CHANNEL_ID", "-5"),
        ("PRIVACY__PROMPT_DAYS", "0"),
        ("MODERATION__WORDS_FILE", "not-there.txt"),
        ("STORAGE__URL", "mysql://db/clapper"),
        ("STORAGE__URL", "sqlite:///"),
        ("STORAGE__URL", "data/clapper.db"),
        ("HTTP__LISTEN", "8080"),
        ("DISCORD__TOKEN", "two words"),
        ("DISCORD__TOKEN", "  "),
        ("DISCORD__TOKEN", 'quo"ted'),
    ],
)
def test_values_out_of_range_are_faults(name: str, value: str) -> None:
    (fault,) = faults(None, **{**NEEDED, f"CLAPPER_{name}": value})

    section, _, key = name.lower().partition("__")
    assert fault.startswith(f"{section}.{key} (CLAPPER_{name}) ")


def test_decimals_are_taken_where_they_make_sense() -> None:
    env = {
        "CLAPPER_QUOTAS__MEMBER_COOLDOWN_S": "1.5",
        "CLAPPER_DISCORD__UPLOAD_LIMIT_MIB": "0.25",
        "CLAPPER_PRIVACY__PROMPT_DAYS": "0.5",
    }

    config = load(None, {**NEEDED, **env})

    assert config.quotas.member_cooldown_s == 1.5
    assert config.discord.upload_limit_mib == 0.25
    assert config.privacy.prompt_days == 0.5


def is_number(annotation: object) -> bool:
    if annotation in {int, float}:
        return True
    if get_origin(annotation) not in {Annotated, Union, UnionType}:
        return False
    return any(is_number(one) for one in get_args(annotation))


NUMBERS = [
    (name, key)
    for name, section in sections().items()
    for key, field in section.model_fields.items()
    if is_number(field.annotation)
]


def test_settings_that_are_numbers_are_found() -> None:
    assert {
        ("discord", "shard_count"),
        ("operator", "channel_id"),
        ("quotas", "server_per_day"),
        ("quotas", "total_credits_per_month"),
        ("storage", "backup_every_h"),
    } <= set(NUMBERS)


@pytest.mark.parametrize(("section", "key"), NUMBERS)
def test_true_is_no_number_in_the_file(section: str, key: str) -> None:
    file = written(f"[{section}]\n{key} = true\n")

    assert faults(file, **NEEDED) == [
        (
            f"{section}.{key} ({variable(section, key)}) must be a number, not true or"
            " false."
        )
    ]


@pytest.mark.parametrize(
    ("section", "key"), [one for one in NUMBERS if one[1] != "channel_id"]
)
def test_a_text_is_no_number_in_the_file_but_in_a_variable(
    section: str, key: str
) -> None:
    assert faults(written(f"[{section}]\n{key} = '7'\n"), **NEEDED) == [
        (
            f"{section}.{key} ({variable(section, key)}) must be a number, without"
            " quotation marks."
        )
    ]
    from_variable = load(None, {**NEEDED, variable(section, key): "7"})
    assert from_variable == load(written(f"[{section}]\n{key} = 7\n"), NEEDED)


def test_ids_may_stand_in_quotation_marks() -> None:
    file = written("[operator]\nchannel_id = '5'\nguilds_allowed = ['6', 7]\n")

    operator = load(file, NEEDED).operator

    assert (operator.channel_id, operator.guilds_allowed) == (5, frozenset({6, 7}))
    assert faults(written("[operator]\nguilds_allowed = [true]\n"), **NEEDED) == [
        (
            "operator.guilds_allowed (CLAPPER_OPERATOR__GUILDS_ALLOWED) must be a list"
            " of ids, such as [123, 456]."
        )
    ]
