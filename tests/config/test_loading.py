"""Settings: defaults, where each comes from, and how a fault is told."""

import json
import re
from pathlib import Path

import pytest

from bot.config import Config, load, load_without_secrets
from bot.config.names import settings as every_setting
from bot.errors import ConfigInvalid

TOKEN = "MTIzNDU2Nzg5.the-bot-token"
KEY = "sk-the-api-key"
NEEDED = {"CLAPPER_DISCORD__TOKEN": TOKEN, "CLAPPER_EVOLINK__API_KEY": KEY}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def faults(path: Path | None = None, /, **env: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load(path, env)
    return caught.value.faults


def variable(section: str, key: str) -> str:
    return f"CLAPPER_{section}__{key}".upper()


def written(text: str, name: str = "some.toml") -> Path:
    file = Path(name)
    file.write_text(text, encoding="utf-8")
    return file


def test_two_secrets_are_all_that_has_to_be_set() -> None:
    config = load(None, NEEDED)

    assert config.discord.token.get_secret_value() == TOKEN
    assert config.evolink.api_key.get_secret_value() == KEY
    assert config.storage.url == "sqlite:///data/clapper.db"
    assert config.evolink.offered == ("grok-imagine-text-to-video",)


DEFAULTS: dict[str, dict[str, object]] = {
    "discord": {
        "api_base": "https://discord.com/api/v10",
        "gateway_url": None,
        "shard_count": None,
        "upload_limit_mib": 20,
    },
    "evolink": {
        "base_url": "https://api.evolink.ai",
        "files_url": "https://files-api.evolink.ai",
        "models": None,
        "model": None,
        "picture_model": "grok-imagine-image-to-video-beta",
        "max_active_tasks": 20,
        "replay_submits": True,
        "allow_private_result_hosts": False,
    },
    "polling": {"min_interval_s": 2, "give_up_after_s": 3600},
    "storage": {
        "url": "sqlite:///data/clapper.db",
        "spool_dir": Path("data/spool"),
        "backup_every_h": 24,
        "backup_keep": 7,
        "backup_dir": Path("data/backups"),
    },
    "http": {
        "listen": "127.0.0.1:8080",
        "page_token": None,
        "page_token_file": None,
        "public_url": None,
    },
    "log": {"format": "console", "level": "info"},
    "quotas": {
        "server_per_day": 50,
        "server_per_month": 500,
        "server_at_once": 10,
        "server_most_per_day": 200,
        "server_most_per_month": 2000,
        "server_most_at_once": 20,
        "member_per_day": 5,
        "member_per_month": 50,
        "member_at_once": 2,
        "member_cooldown_s": 0,
        "server_credits_per_month": None,
        "total_credits_per_month": None,
        "credit_reserve": 0,
    },
    "operator": {
        "channel_id": None,
        "guilds_allowed": None,
        "guilds_barred": None,
        "privacy_url": None,
        "terms_url": None,
        "support_url": None,
        "greet": True,
    },
    "moderation": {"words_file": None, "spicy_words_file": None},
    "privacy": {"prompt_days": 90, "audit_days": 365, "departed_guild_days": 30},
}


def test_the_defaults_are_those_that_operators_rely_on() -> None:
    config = load(None, NEEDED).model_dump()
    for section, secret in (("discord", "token"), ("evolink", "api_key")):
        assert config[section].pop(f"{secret}_file") is None
        del config[section][secret]

    assert config == DEFAULTS


def test_the_environment_wins_over_the_file() -> None:
    file = written("[polling]\nmin_interval_s = 3\ngive_up_after_s = 60\n")

    config = load(file, {**NEEDED, "CLAPPER_POLLING__MIN_INTERVAL_S": "0.5"})

    assert config.polling.min_interval_s == 0.5
    assert config.polling.give_up_after_s == 60


def test_the_file_is_the_named_one_then_the_variable_then_the_default() -> None:
    chosen = written("[log]\nlevel = 'error'\n", "chosen.toml")
    by_variable = written("[log]\nlevel = 'warning'\n", "variable.toml")
    written("[log]\nlevel = 'debug'\n", "config.toml")
    env = {**NEEDED, "CLAPPER_CONFIG": str(by_variable)}

    levels = [load(chosen, env), load(None, env), load(None, NEEDED)]

    assert [config.log.level for config in levels] == ["error", "warning", "debug"]


def test_a_named_file_that_is_missing_is_a_fault() -> None:
    assert faults(Path("nowhere.toml"), **NEEDED) == [
        "nowhere.toml: there is no such file."
    ]
    assert faults(None, **NEEDED, CLAPPER_CONFIG="gone.toml") == [
        "gone.toml: there is no such file."
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[log]\nlevel = \n", "some.toml: is not TOML: Invalid value (at line 2"),
        (
            b"[log]\nlevel = 'in\xfc'\n",
            "some.toml: is not UTF-8 text. Line 2 is in another encoding",
        ),
        (
            "[log]\nlevel = 'info'\n".encode("utf-16"),
            "some.toml: is not UTF-8 text. It looks like UTF-16: save it as UTF-8.",
        ),
        (
            "[log]\nlevel = 'info'\n".encode("utf-16-le"),
            "some.toml: is not UTF-8 text. It looks like UTF-16: save it as UTF-8.",
        ),
    ],
)
def test_a_broken_file_is_one_sentence(content: bytes, expected: str) -> None:
    """Everything it should have said would seem missing; that is not repeated."""
    Path("some.toml").write_bytes(content)

    (fault,) = faults(Path("some.toml"))

    assert fault.startswith(expected)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_may_begin_with_a_byte_order_mark(line_end: str) -> None:
    """Windows' own editor writes one, and its own line ends."""
    text = f"[log]{line_end}level = 'debug'  {line_end}"
    Path("some.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert load(Path("some.toml"), NEEDED).log.level == "debug"


def test_a_folder_in_place_of_the_file_is_a_fault() -> None:
    Path("folder.toml").mkdir()

    assert faults(Path("folder.toml"), **NEEDED) == [
        "folder.toml: cannot be read: Is a directory."
    ]


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


def test_a_secret_in_the_place_of_a_file_is_not_shown() -> None:
    secret = "sk-" + "abcdefghijklmnop" * 3

    (fault,) = faults(None, **NEEDED, CLAPPER_MODERATION__WORDS_FILE=secret)

    assert secret not in fault
    assert fault.endswith("must name a file that exists.")


def test_variables_may_end_as_lines_do_on_windows() -> None:
    """Container platforms read files of variables as they are."""
    written("[log]\nlevel = 'debug'\n")
    env = {
        **NEEDED,
        "CLAPPER_CONFIG": "some.toml",
        "CLAPPER_EVOLINK__MODEL": "grok-imagine-text-to-video",
        "CLAPPER_EVOLINK__REPLAY_SUBMITS": "false",
        "CLAPPER_POLLING__MIN_INTERVAL_S": "3",
        "CLAPPER_STORAGE__URL": "sqlite:///mine.db",
        "CLAPPER_OPERATOR__GUILDS_ALLOWED": "[1]",
        "CLAPPER_HTTP__LISTEN": "127.0.0.1:1",
    }

    assert load(None, {name: f"{value}\r" for name, value in env.items()}) == load(
        None, env
    )


def test_what_works_on_the_database_alone_needs_no_secrets() -> None:
    file = written(
        "[storage]\nurl = 'sqlite:///mine.db'\n[discord]\ntoken_file = 'x'\n"
    )

    assert load_without_secrets(file, {}).storage.url == "sqlite:///mine.db"
    with pytest.raises(ConfigInvalid, match=r"quotas\.member_per_day"):
        load_without_secrets(None, {"CLAPPER_QUOTAS__MEMBER_PER_DAY": "x"})


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


def test_nothing_that_shows_a_configuration_shows_a_secret() -> None:
    url = "postgresql://clapper:pass%2Fword@db/clapper"
    config = load(None, {**NEEDED, "CLAPPER_STORAGE__URL": url})

    shown = f"{config!r} {config} {config.model_dump()['discord']}"

    for secret in (TOKEN, KEY, "pass%2Fword", "pass/word"):
        assert secret not in shown
    assert set(config.secrets()) == {TOKEN, KEY, "pass%2Fword", "pass/word"}


def test_a_configuration_cannot_be_changed() -> None:
    config: Config = load(None, NEEDED)

    with pytest.raises(ValueError, match="frozen"):
        config.log.level = "debug"  # type: ignore[misc]
