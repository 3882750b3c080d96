"""Secrets that are read from files."""

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
    "content",
    [
        b"\xef\xbb\xbffrom-the-file",
        b"\xef\xbb\xbffrom-the-file\r\n",
        b"  from-the-file  \r\n\r\n",
    ],
)
def test_what_editors_put_around_a_secret_is_no_part_of_it(content: bytes) -> None:
    Path("token").write_bytes(content)

    config = load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": "token"})

    assert config.discord.token.get_secret_value() == "from-the-file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"", "is empty."),
        (b"\xef\xbb\xbf\r\n", "is empty."),
        (b"one\ntwo\n", "has more than one line; it may hold nothing but the secret."),
        (
            "the-token".encode("utf-16"),
            "is not UTF-8 text. It looks like UTF-16: save it as UTF-8.",
        ),
        (
            b"caf\xe9",
            (
                "is not UTF-8 text. Line 1 is in another encoding, such as Latin-1: "
                "save the file as UTF-8."
            ),
        ),
        (b"x" * 5000, "is larger than 4096 bytes: it is another file."),
    ],
)
@pytest.mark.parametrize("name", ["my-token", "secrets/the-bots-own-token-for-discord"])
def test_a_file_without_a_secret_is_one_fault_that_names_it(
    content: bytes | None, reason: str, name: str
) -> None:
    Path("secrets").mkdir()
    if content is not None:
        Path(name).write_bytes(content)

    with pytest.raises(ConfigInvalid) as caught:
        load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": name})

    assert caught.value.faults == [
        f"discord.token_file (CLAPPER_DISCORD__TOKEN_FILE): {name} {reason}"
    ]


def test_a_folder_in_place_of_the_file_is_named() -> None:
    Path("a-folder-that-container-platforms-make").mkdir()
    env = {"CLAPPER_DISCORD__TOKEN_FILE": "a-folder-that-container-platforms-make"}

    with pytest.raises(ConfigInvalid) as caught:
        load(None, KEY | env)

    assert caught.value.faults == [
        (
            "discord.token_file (CLAPPER_DISCORD__TOKEN_FILE): "
            "a-folder-that-container-platforms-make cannot be read: Is a directory."
        )
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "MTE5ODYyMjQ4MzQ3MTkyNTI0OA.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
        "sk-abcdefghijklmnopqrstuvwxyz0123456789",
        "x" * 5000,
    ],
)
def test_a_secret_in_the_place_of_its_file_is_not_shown(secret: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": secret})

    (fault,) = caught.value.faults
    assert "discord.token_file (CLAPPER_DISCORD__TOKEN_FILE): the file that it" in fault
    assert secret not in fault


def test_a_secret_that_cannot_be_one_is_told_with_the_file_it_came_from() -> None:
    """Who has named a file does not look for `discord.token`."""
    Path("my-token").write_text("two words", encoding="utf-8")

    with pytest.raises(ConfigInvalid) as caught:
        load(None, {**KEY, "CLAPPER_DISCORD__TOKEN_FILE": "my-token"})

    (fault,) = caught.value.faults
    assert fault.startswith(
        "discord.token (CLAPPER_DISCORD__TOKEN), read from my-token, must be one word"
    )
    assert "two words" not in fault
