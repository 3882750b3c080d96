"""Settings: defaults, where each comes from, and how a fault is told."""

from pathlib import Path

import pytest

from bot.config import Config, load, load_without_secrets
from bot.errors import ConfigInvalid
from tests.config.written import DEFAULTS, KEY, NEEDED, TOKEN, faults, written


def test_two_secrets_are_all_that_has_to_be_set() -> None:
    config = load(None, NEEDED)

    assert config.discord.token.get_secret_value() == TOKEN
    assert config.evolink.api_key.get_secret_value() == KEY
    assert config.storage.url == "sqlite:///data/clapper.db"
    assert config.evolink.offered == ("grok-imagine-text-to-video",)


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
