"""`clapper check`: what it looks at, and what it says of each fault."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli.checks.guild import NEEDED
from storage.database import schema
from storage.database.engine import Database
from tests.cli.outside import BOT_ID, GENERAL, GUILD_ID, ROLE_ID, Outside, overwrite
from tests.cli.program import (
    NEEDED as SECRETS,
    ROOT,
    Ended,
    clapper,
    environment,
    invoked,
)

ADMINISTRATOR, VIEW, SEND, EMBED, ATTACH = (1 << bit for bit in (3, 10, 11, 14, 15))
OTHER_ROLE = "201"


@pytest.fixture
async def outside() -> AsyncGenerator[Outside]:
    async with Outside.open() as opened:
        opened.permissions = NEEDED.value
        yield opened


async def checked(outside: Outside, folder: Path) -> Ended:
    """Check the server too."""
    return await invoked("check", "--guild", GUILD_ID, folder=folder, **outside.env)


def lines(out: str, mark: str) -> list[str]:
    return [line[2:] for line in out.splitlines() if line.startswith(mark)]


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


class TestGuild:
    """The bot's permissions, channel by channel."""

    async def test_a_server_where_all_is_granted(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        category = {"id": "9", "type": 4, "name": "a category"}
        outside.channels = [GENERAL, category]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0
        assert lines(ended.out, "✓")[-2:] == [
            "#general: Clapper has every permission it needs.",
            "Clapper can work in 1 channel of Cinema.",
        ]

    async def test_what_is_lacking_is_named_as_discord_names_it(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        silent = overwrite(GUILD_ID, deny=ATTACH | EMBED)
        private = overwrite(GUILD_ID, deny=VIEW)
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [
            GENERAL,
            {"id": "2", "type": 0, "name": "silent", "permission_overwrites": [silent]},
            {"id": "3", "type": 0, "name": "staff", "permission_overwrites": [private]},
            {"id": "4", "type": 0, "name": "barred", "permission_overwrites": [barred]},
        ]

        ended = await checked(outside, tmp_path)

        *_, silent_line, staff_line, barred_line, summary = lines(ended.out, "·")
        assert silent_line == "#silent: Clapper lacks Embed Links, Attach Files."
        assert staff_line == "#staff is private, and Clapper is not let in."
        assert barred_line.startswith("#barred: Clapper lacks View Channel, ")
        assert summary == "It cannot work in #silent, #staff, #barred."

    async def test_one_channel_to_work_in_is_enough(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        """Servers close some of theirs to bots; that is no fault."""
        barred = overwrite(BOT_ID, deny=VIEW)
        closed = {"type": 0, "name": "shut", "permission_overwrites": [barred]}
        outside.channels = [{"id": "2", **closed}, GENERAL]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0
        assert lines(ended.out, "✗") == []
        assert "✓ Clapper can work in 1 channel of Cinema." in ended.out

    async def test_no_channel_to_work_in_is_a_fault_that_names_what_is_lacking(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [GENERAL | {"permission_overwrites": [barred]}]

        ended = await checked(outside, tmp_path)

        assert ended.status == 1
        assert lines(ended.out, "✗") == ["Clapper can work in no channel of Cinema."]
        assert "#general: Clapper lacks View Channel, " in ended.out

    async def test_two_channels_are_two(self, outside: Outside, tmp_path: Path) -> None:
        outside.channels = [GENERAL, {"id": "2", "type": 0, "name": "other"}]

        ended = await checked(outside, tmp_path)

        assert "✓ Clapper can work in 2 channels of Cinema." in ended.out

    @pytest.mark.parametrize(
        ("overwrites", "is_usable"),
        [
            ([overwrite(GUILD_ID, deny=SEND)], False),
            ([overwrite(GUILD_ID, deny=SEND), overwrite(ROLE_ID, allow=SEND)], True),
            ([overwrite(ROLE_ID, allow=SEND), overwrite(OTHER_ROLE, deny=SEND)], True),
            ([overwrite(ROLE_ID, allow=SEND), overwrite(BOT_ID, deny=SEND)], False),
            ([overwrite(ROLE_ID, deny=SEND), overwrite(BOT_ID, allow=SEND)], True),
            ([overwrite("77", deny=SEND)], True),
        ],
    )
    async def test_overwrites_apply_from_everyone_over_roles_to_the_member(
        self,
        outside: Outside,
        tmp_path: Path,
        overwrites: list[dict[str, Any]],
        *,
        is_usable: bool,
    ) -> None:
        """And among roles, one that allows outweighs one that denies."""
        outside.more_roles = {OTHER_ROLE: 0}
        outside.channels = [GENERAL | {"permission_overwrites": overwrites}]

        ended = await checked(outside, tmp_path)

        assert ended.status == (0 if is_usable else 1)
        assert ("#general: Clapper lacks Send Messages" in ended.out) != is_usable

    async def test_roles_add_up(self, outside: Outside, tmp_path: Path) -> None:
        """And bits that nobody knows yet are left alone."""
        outside.permissions = NEEDED.value & ~ATTACH
        outside.more_roles = {OTHER_ROLE: ATTACH | 1 << 60}

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_an_administrator_may_everything_whatever_a_channel_says(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.permissions = ADMINISTRATOR
        everything = [overwrite(GUILD_ID, deny=NEEDED.value)]
        outside.channels = [GENERAL | {"permission_overwrites": everything}]

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_what_cannot_be_seen_cannot_be_used(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        barred = overwrite(BOT_ID, deny=VIEW)
        outside.channels = [GENERAL | {"permission_overwrites": [barred]}]

        ended = await checked(outside, tmp_path)

        assert (
            "#general: Clapper lacks View Channel, Send Messages, Embed Links, "
            "Attach Files, Read Message History, Send Messages in Threads."
        ) in ended.out

    async def test_a_kind_of_channel_that_nobody_knows_yet_is_one_sentence(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.channels = [GENERAL, {"id": "2", "type": 99, "name": "new"}]

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == [
            (
                "Asked about server 100, Discord answers with something that Clapper "
                "cannot read."
            )
        ]

    async def test_its_owner_may_everything(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.permissions = 0
        outside.owner_id = "900"

        ended = await checked(outside, tmp_path)

        assert ended.status == 0

    async def test_a_server_without_a_usable_channel(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.channels = []

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == ["Clapper can work in no channel of Cinema."]

    async def test_a_server_it_was_not_invited_to(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        outside.member = False

        ended = await checked(outside, tmp_path)

        assert lines(ended.out, "✗") == [
            "Clapper is not a member of server 100; invite it first."
        ]


class TestDatabase:
    """Looked at, and left as it is."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "data" / "clapper.db"

    @pytest.fixture
    def rubbish(self, file: Path) -> Path:
        file.parent.mkdir()
        file.write_bytes(b"this is no database, and long enough to be sure of it")
        return file

    @pytest.fixture
    def no_folder(self, tmp_path: Path) -> Path:
        path = tmp_path / "data"
        path.write_text("a file, no folder", encoding="utf-8")
        return path

    async def test_one_that_is_up_to_date(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        await schema.upgrade(f"sqlite:///{file}")

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 0
        assert "The database data/clapper.db is up to date." in ended.out

    async def test_an_old_one_is_migrated_on_a_copy(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        url = f"sqlite:///{file}"
        async with Database.open(url, may_write=None):
            """Only opening it makes an empty file."""

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 0
        assert f"from revision none to {schema.newest()} at the next" in ended.out
        assert await schema.current(url) is None

    async def test_one_of_a_newer_clapper(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        url = f"sqlite:///{file}"
        await schema.upgrade(url)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = 'future'")

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        (fault,) = lines(ended.out, "✗")
        assert "was made by a newer Clapper (revision future)" in fault

    @pytest.mark.usefixtures("rubbish")
    async def test_a_file_that_is_none(self, outside: Outside, tmp_path: Path) -> None:
        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        (fault,) = lines(ended.out, "✗")
        assert fault.startswith("The database data/clapper.db cannot be opened: ")

    @pytest.mark.usefixtures("no_folder")
    async def test_a_folder_where_none_can_be_made(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        *folders, fault = lines(ended.out, "✗")
        assert [one.split()[2] for one in folders] == ["data/spool", "data/backups"]
        assert fault.startswith("The database data/clapper.db cannot be made: ")

    async def test_one_that_cannot_be_looked_at(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        hidden = tmp_path / ("long" * 100) / "clapper.db"
        env = {**outside.env, "CLAPPER_STORAGE__URL": f"sqlite:///{hidden}"}

        ended = await invoked("check", folder=tmp_path, **env)

        assert ended.status == 1
        assert lines(ended.out, "✗") == [
            f"The database {hidden} cannot be read: File name too long."
        ]


async def test_a_bot_for_servers_of_ones_own_is_open_to_no_stranger(
    outside: Outside, tmp_path: Path
) -> None:
    own = {
        **outside.env,
        "CLAPPER_OPERATOR__GUILDS_ALLOWED": "[5]",
        "CLAPPER_QUOTAS__SERVER_MOST_PER_DAY": "-1",
    }
    ended = await invoked("check", folder=tmp_path, **own)

    assert ended.status == 0
    assert "Public Bot" not in ended.out
    assert "videos: 2000 a month, 20 at once." in ended.out

    most = ("PER_DAY", "PER_MONTH", "AT_ONCE")
    free = {f"CLAPPER_QUOTAS__SERVER_MOST_{one}": "-1" for one in most}
    ended = await invoked("check", folder=tmp_path, **outside.env, **free)
    assert "Nothing bounds how many videos" in ended.out


async def test_a_port_in_use_is_said_and_no_fault(
    outside: Outside, tmp_path: Path
) -> None:
    """Clapper itself may be what uses it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        listen = f"127.0.0.1:{server.getsockname()[1]}"
        ended = await invoked(
            "check", folder=tmp_path, **outside.env, CLAPPER_HTTP__LISTEN=listen
        )

    assert ended.status == 0
    assert f"{listen} (http.listen) is in use" in ended.out


@pytest.mark.parametrize("parent", ["a file", "long" * 100])
@pytest.mark.parametrize("name", ["SPOOL_DIR", "BACKUP_DIR"])
async def test_a_folder_that_cannot_be_written_is_a_fault(
    outside: Outside, tmp_path: Path, name: str, parent: str
) -> None:
    """Nor where we may not look; root may write, and look, anywhere but there."""
    (tmp_path / "a file").touch()
    folder = tmp_path / parent / "folder"
    env = {**outside.env, f"CLAPPER_STORAGE__{name}": str(folder)}

    ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 1
    (fault,) = lines(ended.out, "✗")
    assert fault == (
        f"The folder {folder} cannot be written: give this user the right to, or set"
        f" storage.{name.lower()}."
    )


async def test_a_server_s_database_is_copied_by_its_operator(
    outside: Outside, tmp_path: Path
) -> None:
    """So it matters to nobody where Clapper's own copies would go."""
    (tmp_path / "in the way").touch()
    env = {
        **outside.env,
        "CLAPPER_STORAGE__URL": "postgresql://clapper@127.0.0.1:1/clapper",
        "CLAPPER_STORAGE__BACKUP_DIR": str(tmp_path / "in the way" / "folder"),
    }

    ended = await invoked("check", folder=tmp_path, **env)

    (fault,) = lines(ended.out, "✗")
    assert "127.0.0.1:1" in fault
    assert "· On PostgreSQL Clapper makes no copies of the database: " in ended.out
