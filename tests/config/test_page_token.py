"""The token of the operator's page is a secret like the others, and a long one."""

from pathlib import Path

import pytest

from bot.config import load, placeholders
from bot.config.loading import load_without_secrets
from bot.errors import ConfigInvalid

NEEDED = {
    "CLAPPER_DISCORD__TOKEN": "MTIzNDU2Nzg5.the-bot-token",
    "CLAPPER_EVOLINK__API_KEY": "sk-the-api-key",
}
TOKEN = "0123456789abcdef0123456789abcdef"


def test_without_a_token_there_is_none() -> None:
    for given in ({}, {"CLAPPER_HTTP__PAGE_TOKEN": ""}):
        config = load(None, {**NEEDED, **given})
        assert config.http.page_token is None
        assert len(config.secrets()) == 2


def test_a_token_that_could_be_guessed_is_refused_without_repeating_it() -> None:
    with pytest.raises(ConfigInvalid) as refused:
        load(None, {**NEEDED, "CLAPPER_HTTP__PAGE_TOKEN": TOKEN[:-1]})

    assert refused.value.faults == [
        (
            "http.page_token (CLAPPER_HTTP__PAGE_TOKEN) must have at least 32"
            " characters: make one with `openssl rand -hex 32`."
        )
    ]


def test_it_is_known_to_the_log_s_filter_and_shown_nowhere() -> None:
    config = load(None, {**NEEDED, "CLAPPER_HTTP__PAGE_TOKEN": f" {TOKEN}\n"})

    assert TOKEN in config.secrets()
    assert TOKEN not in repr(config)
    assert TOKEN not in str(config.model_dump())


def test_it_is_read_from_its_own_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")

    config = load(None, {**NEEDED, "CLAPPER_HTTP__PAGE_TOKEN_FILE": str(file)})

    assert config.http.page_token is not None
    assert config.http.page_token.get_secret_value() == TOKEN


def test_the_example_s_token_is_known_as_such() -> None:
    example = "put-32-characters-of-your-own-here"

    (told,) = placeholders(load(None, {**NEEDED, "CLAPPER_HTTP__PAGE_TOKEN": example}))

    assert told.startswith("http.page_token (CLAPPER_HTTP__PAGE_TOKEN) is still")


def test_commands_without_secrets_do_not_ask_for_it() -> None:
    short = {"CLAPPER_HTTP__PAGE_TOKEN": "short"}

    assert load_without_secrets(None, short).http.listen == "127.0.0.1:8080"
