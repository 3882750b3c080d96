"""`clapper check`: what it looks at, and what it says of each fault."""

import asyncio
import json
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.checks.guild import NEEDED
from tests.cli.checking import lines
from tests.cli.outside import Outside
from tests.cli.program import NEEDED as SECRETS, ROOT, clapper, environment, invoked


async def test_all_is_well_in_one_sentence_each(
    outside: Outside, tmp_path: Path
) -> None:
    unheard = {**outside.env, "CLAPPER_HTTP__LISTEN": ""}  # the port may be in use
    ended = await invoked("check", folder=tmp_path, **unheard)

    assert (ended.status, ended.err) == (0, "")
    assert lines(ended.out, "✗") == []
    assert lines(ended.out, "✓")[0] == "The configuration is complete."
    assert "EvoLink accepts the key; 64.25 credits may be spent." in ended.out
    assert "EvoLink's host of files accepts the key." in ended.out
    assert "Discord accepts the token of Clapper (900)." in ended.out
    bounds, strangers, invitation = lines(ended.out, "·")
    assert bounds.endswith("videos: 200 a day, 2000 a month, 20 at once.")
    assert "turn off Public Bot" in strangers
    assert "client_id=555" in invitation
    assert f"permissions={NEEDED.value}" in invitation


@pytest.mark.thorough
async def test_it_ends_in_silence_where_nobody_reads_on(
    outside: Outside, tmp_path: Path
) -> None:
    """As with `clapper check | head -1`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "check"),
        cwd=tmp_path,
        env={**environment(), **outside.env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None

    first = await process.stdout.readline()
    process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
    complaint = await process.stderr.read()
    await process.wait()

    assert b"The configuration is complete." in first
    assert complaint == b""


async def test_it_leaves_nothing_behind(outside: Outside, tmp_path: Path) -> None:
    """It may be run on a machine where Clapper was never started."""
    await invoked("check", folder=tmp_path, **outside.env)

    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib's is refused here


async def test_a_configuration_at_fault_is_told_first(tmp_path: Path) -> None:
    ended = await invoked("check", folder=tmp_path)

    assert ended.status == 2
    assert len(lines(ended.out, "✗")) == len(ended.out.splitlines()) == 2


@pytest.mark.parametrize("command", ["check", "run"])
async def test_the_example_s_own_secrets_are_told_as_such(
    tmp_path: Path, command: str
) -> None:
    """And nobody is asked whether they are good."""
    shutil.copy(ROOT / "config.example.toml", tmp_path / "config.toml")

    ended = await clapper(command, folder=tmp_path)

    token, key = (ended.out or ended.err).removeprefix("✗ ").splitlines()
    assert "discord.token (CLAPPER_DISCORD__TOKEN) is still the example's" in token
    assert "evolink.api_key (CLAPPER_EVOLINK__API_KEY) is still the example's" in key
    assert ended.status == 2


async def test_wrong_secrets_are_named_and_not_shown(
    outside: Outside, tmp_path: Path
) -> None:
    wrong = {name: f"{value}-wrong" for name, value in SECRETS.items()}

    ended = await invoked("check", folder=tmp_path, **{**outside.env, **wrong})

    assert ended.status == 1
    evolink, files, discord = lines(ended.out, "✗")
    assert evolink.startswith("EvoLink refuses the API key (evolink.api_key)")
    assert files.startswith("EvoLink's host of files refuses the API key")
    assert discord == "Discord refuses the bot token (discord.token)."
    assert "-wrong" not in ended.out + ended.err


async def test_services_that_fail_are_told_apart_from_wrong_secrets(
    outside: Outside, tmp_path: Path
) -> None:
    outside.status = {"discord": 502, "evolink": 503, "files": 502}

    ended = await invoked("check", folder=tmp_path, **outside.env)

    evolink, files, discord = lines(ended.out, "✗")
    assert files.startswith(
        "EvoLink's host of files (evolink.files_url) cannot be asked: DELETE"
    )
    assert evolink.startswith("EvoLink cannot be asked: GET /v1/credits answered 503")
    assert discord == "Discord answers 502."


@pytest.mark.parametrize(
    ("model", "asked"),
    [("grok-imagine-text-to-video", 0), ("seedance-2.0-fast-text-to-video", 1)],
)
async def test_the_host_of_files_is_asked_where_pictures_are_offered(
    outside: Outside, tmp_path: Path, model: str, asked: int
) -> None:
    offered = {"EVOLINK__MODEL": model, "EVOLINK__PICTURE_MODEL": ""}
    env = {f"CLAPPER_{name}": value for name, value in offered.items()}

    ended = await invoked("check", folder=tmp_path, **outside.env, **env)

    assert ended.status == 0
    assert ended.out.count("host of files accepts the key") == asked
    assert outside.files_asked == asked


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "cannot be reached: nothing answers at 127.0.0.1:1."),
        ("{outside}/page", "cannot be asked: DELETE /api/v1/files/clapper-check-"),
    ],
)
async def test_a_host_of_files_that_is_none_is_one_sentence(
    outside: Outside, tmp_path: Path, url: str, said: str
) -> None:
    files_url = url.replace("{outside}", outside.url)
    env = {**outside.env, "CLAPPER_EVOLINK__FILES_URL": files_url}

    ended = await invoked("check", folder=tmp_path, **env)

    (fault,) = lines(ended.out, "✗")
    host = "EvoLink's host of files (evolink.files_url)"
    assert fault.startswith(f"{host} {said}")
    assert ended.status == 1


async def test_a_service_that_is_not_there_is_one_sentence(
    outside: Outside, tmp_path: Path
) -> None:
    env = {**outside.env, "CLAPPER_DISCORD__API_BASE": "http://127.0.0.1:1/api"}

    ended = await invoked("check", folder=tmp_path, **env)

    assert lines(ended.out, "✗") == [
        (
            "Discord cannot be reached: nothing answers at 127.0.0.1:1. Is the address "
            "right?"
        )
    ]


async def test_a_host_that_cannot_be_found_is_said_in_words_that_people_use(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine without a network."""
    known = socket.getaddrinfo

    def looked_up(host: str, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    env = {
        **outside.env,
        "CLAPPER_DISCORD__API_BASE": "https://discord.example/api",
        "CLAPPER_EVOLINK__BASE_URL": "https://evolink.example",
        "CLAPPER_EVOLINK__FILES_URL": "https://files.example",
    }

    ended = await invoked("check", folder=tmp_path, **env)

    online = "cannot be found. Is this machine online?"
    assert lines(ended.out, "✗") == [
        f"EvoLink cannot be reached: the host evolink.example {online}",
        (
            "EvoLink's host of files (evolink.files_url) cannot be reached: the host"
            f" files.example {online}"
        ),
        f"Discord cannot be reached: the host discord.example {online}",
    ]


async def test_a_service_that_answers_with_a_page_is_told_so(
    outside: Outside, tmp_path: Path
) -> None:
    env = {**outside.env, "CLAPPER_DISCORD__API_BASE": f"{outside.url}/page"}

    ended = await invoked("check", folder=tmp_path, **env)

    assert lines(ended.out, "✗") == ["Discord answers with something else than JSON."]


@pytest.mark.parametrize(
    ("credits_left", "shown"),
    [
        (1, "1 credit"),
        (0, "0 credits"),
        (1234567.25, "1234567.25 credits"),
        (12345678, "12345678 credits"),
        (0.5, "0.5 credits"),
    ],
)
async def test_credits_are_told_as_people_write_numbers(
    outside: Outside, tmp_path: Path, credits_left: float, shown: str
) -> None:
    outside.credits = credits_left

    ended = await invoked("check", folder=tmp_path, **outside.env)

    assert f"✓ EvoLink accepts the key; {shown} may be spent." in ended.out


async def test_programs_get_json(outside: Outside, tmp_path: Path) -> None:
    fine = await invoked("check", "--json", folder=tmp_path, **outside.env)
    faulty = await invoked("check", "--json", folder=tmp_path)

    told = json.loads(fine.out)
    assert (fine.status, told["ok"]) == (0, True)
    assert told["findings"][0] == {
        "sentence": "The configuration is complete.",
        "ok": True,
    }
    told = json.loads(faulty.out)
    assert (faulty.status, told["ok"]) == (2, False)
    assert [finding["ok"] for finding in told["findings"]] == [False, False]


async def test_the_word_lists_are_read_too(outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("one\n", encoding="utf-8")
    (tmp_path / "spicy.txt").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "bad.txt").write_text("one\nregex:(\n", encoding="utf-8")
    env = {
        **outside.env,
        "CLAPPER_MODERATION__WORDS_FILE": "words.txt",
        "CLAPPER_MODERATION__SPICY_WORDS_FILE": "spicy.txt",
    }
    bad = env | {"CLAPPER_MODERATION__WORDS_FILE": "bad.txt"}

    fine = await invoked("check", folder=tmp_path, **env)
    faulty = await invoked("check", folder=tmp_path, **bad)

    assert fine.status == 0
    assert "✓ The word list words.txt has 1 rule." in fine.out
    assert "✓ The word list spicy.txt has 2 rules." in fine.out
    assert faulty.status == 2
    (fault,) = lines(faulty.out, "✗")
    assert fault.startswith("Line 2 of the word list bad.txt cannot be used: ")
