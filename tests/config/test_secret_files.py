from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigInvalid

KEY = {"CLAPPER_EVOLINK__API_KEY": "the-api-key"}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_secret_is_read_from_its_file() -> None:
    """Editors and `echo` leave a line end behind."""
    Path("token").write_text("from-the-file\n", encoding="utf-8")

    config = load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": "token"})

    assert config.discord.token.get_secret_value() == "from-the-file"


def test_a_secret_given_twice_is_a_fault() -> None:
    Path("key").write_text("from-the-file", encoding="utf-8")
    env = {
        **KEY,
        "CLAPPER_DISCORD__TOKEN": "the-token",
        "CLAPPER_EVOLINK__API_KEY_FILE": "key",
    }

    with pytest.raises(ConfigInvalid) as caught:
        load(None, env)

    assert caught.value.faults == [
        (
            "evolink.api_key (CLAPPER_EVOLINK__API_KEY) and evolink.api_key_file "
            "(CLAPPER_EVOLINK__API_KEY_FILE) are both given; keep one."
        )
    ]


@pytest.mark.parametrize("above", ["token", "token_file"])
def test_a_variable_replaces_the_file_s_secret_however_that_was_given(
    above: str,
) -> None:
    Path("old").write_text("old-token", encoding="utf-8")
    Path("new").write_text("new-token", encoding="utf-8")
    below = 'token_file = "old"' if above == "token" else 'token = "old-token"'
    Path("config.toml").write_text(f"[discord]\n{below}\n", encoding="utf-8")
    variable, value = {
        "token": ("CLAPPER_DISCORD__TOKEN", "new-token"),
        "token_file": ("CLAPPER_DISCORD__TOKEN_FILE", "new"),
    }[above]

    config = load(None, {**KEY, variable: value})

    assert config.discord.token.get_secret_value() == "new-token"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "it is no text of one line"),
        (b"one\ntwo\n", "it is no text of one line"),
        (b"\xff\xfe", "it is no text of one line"),
        (b"x" * 5000, "it is no text of one line"),
    ],
)
def test_a_file_without_a_secret_is_one_fault(
    content: bytes | None, reason: str
) -> None:
    """And the path is not repeated: it may be the secret, put in the wrong place."""
    if content is not None:
        Path("my-token").write_bytes(content)

    with pytest.raises(ConfigInvalid) as caught:
        load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": "my-token"})

    assert caught.value.faults == [
        f"discord.token_file (CLAPPER_DISCORD__TOKEN_FILE) cannot be read: {reason}."
    ]
