"""`clapper db` and `clapper jobs`, as real processes on a real database."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.ids import JobId
from bot.jobs.states import JobState
from storage.database import schema
from storage.database.engine import Database
from storage.database.lock import file_held
from tests.cli.program import NEEDED, Ended, invoked
from tests.clock import FakeClock
from tests.factories import make_job
from tests.stores import job_store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/clapper.db"


@pytest.fixture
def command(tmp_path: Path, url: str) -> Callable[..., Awaitable[Ended]]:
    async def run(*arguments: str) -> Ended:
        env = {**NEEDED, "CLAPPER_STORAGE__URL": url}
        return await invoked(*arguments, folder=tmp_path, **env)

    return run


@pytest.fixture
async def job_id(url: str) -> JobId:
    """Record one job nobody knows the fate of, in a database of the newest schema."""
    at = FakeClock().now()
    job = make_job()
    await schema.upgrade(url)
    async with Database.open(url, may_write=None) as database:
        store = job_store(database)
        await store.receive(job)
        steps = (JobState.QUEUED, JobState.SUBMITTING, JobState.UNCONFIRMED)
        old = JobState.RECEIVED
        for new in steps:
            assert await store.move(job.id, old, new, at) is not None
            old = new
    return job.id


async def state_of(url: str, job_id: JobId) -> JobState:
    async with Database.open(url, may_write=None) as database:
        job = await job_store(database).get(job_id)
    assert job is not None
    return job.state


Command = Callable[..., Awaitable[Ended]]


async def test_upgrade_makes_the_tables_and_says_whether_it_had_to(
    command: Command, url: str
) -> None:
    first = await command("db", "upgrade")
    second = await command("db", "upgrade")

    assert (first.status, first.out) == (0, "The database is now up to date.\n")
    assert (second.status, second.out) == (0, "The database was already up to date.\n")
    assert await schema.current(url) == schema.newest()


async def test_upgrade_is_refused_while_a_bot_works_on_it(
    command: Command, url: str, job_id: JobId
) -> None:
    del job_id
    with file_held(url):
        ended = await command("db", "upgrade")

    assert ended.status == 1
    assert ended.err.startswith("Another Clapper (process ")
    assert len(ended.err.splitlines()) == 1


async def test_a_backup_is_a_database_with_the_same_jobs(
    command: Command, url: str, tmp_path: Path, job_id: JobId
) -> None:
    """Also while a bot holds the lock."""
    copy = tmp_path / "copy.db"

    with file_held(url):
        ended = await command("db", "backup", str(copy))

    assert (ended.status, ended.err) == (0, "")
    assert await state_of(f"sqlite:///{copy}", job_id) is JobState.UNCONFIRMED


async def test_a_backup_replaces_nothing(
    command: Command, tmp_path: Path, job_id: JobId
) -> None:
    del job_id
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")

    ended = await command("db", "backup", str(precious))

    assert ended.status == 1
    assert "exists already" in ended.err
    assert precious.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "arguments", [("db", "backup", "copy.db"), ("jobs", "list"), ("jobs", "show", "x")]
)
async def test_a_database_that_is_not_there_is_not_made(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ended = await command(*arguments)

    assert ended.status == 1
    assert ended.err == f"There is no database {tmp_path}/clapper.db (storage.url).\n"


@pytest.mark.parametrize("file", ["/proc/self/mem", "nothing"])
async def test_a_copy_that_cannot_be_read_is_one_sentence(
    command: Command, file: str
) -> None:
    """Root may read every file but one of the kernel's."""
    ended = await command("db", "restore", file)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(
        f"The file {file} cannot be read: "
        if file.startswith("/")
        else f"There is no file {file}: "
    )
    assert len(ended.err.splitlines()) == 1


def test_click_judges_no_path() -> None:
    """What it says of one that cannot be read is a usage text, with status 2."""
    groups = [main]
    paths = []
    while groups:
        for command in groups.pop().commands.values():
            if isinstance(command, click.Group):
                groups.append(command)
            paths += [
                one.type for one in command.params if isinstance(one.type, click.Path)
            ]

    assert len(paths) >= 3
    for path in paths:
        assert (path.exists, path.readable, path.writable) == (False, False, False)


@pytest.mark.parametrize("arguments", [("jobs", "list"), ("db", "check")])
async def test_a_database_that_cannot_be_looked_at_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """As in a folder of somebody else's; root sees all but a name that is too long."""
    hidden = tmp_path / ("long" * 100) / "clapper.db"
    env = {**NEEDED, "CLAPPER_STORAGE__URL": f"sqlite:///{hidden}"}

    ended = await invoked(*arguments, folder=tmp_path, **env)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == f"The database {hidden} cannot be read: File name too long.\n"
    assert not (tmp_path / "clapper.db").exists()


async def test_jobs_of_an_old_database_are_not_read(command: Command, url: str) -> None:
    async with Database.open(url, may_write=None):
        """Only opening it makes an empty file."""

    ended = await command("jobs", "list")

    assert ended.status == 1
    assert "run `clapper db upgrade` first" in ended.err


async def test_the_list_shows_what_waits_for_somebody(
    command: Command, job_id: JobId
) -> None:
    listed = await command("jobs", "list")
    delivered = await command("jobs", "list", "--state", "delivered")

    heading, line = listed.out.splitlines()
    assert heading.startswith("ID  ")
    assert heading.endswith("TASK")
    assert heading.index("STATE") == line.index("unconfirmed")
    assert heading.index("MEMBER") == line.index(str(make_job().user_id))
    assert line.split()[:2] == [job_id, "unconfirmed"]
    assert (delivered.out, delivered.err) == ("", "No job is delivered.\n")


@pytest.mark.parametrize(
    "arguments", [("jobs", "list"), ("db", "upgrade"), ("db", "backup", "copy.db")]
)
@pytest.mark.usefixtures("job_id")
async def test_what_works_on_the_database_alone_needs_no_secrets(
    tmp_path: Path, url: str, arguments: tuple[str, ...]
) -> None:
    ended = await invoked(*arguments, folder=tmp_path, CLAPPER_STORAGE__URL=url)

    assert (ended.status, ended.err) == (0, "")


async def test_a_job_is_shown_without_its_prompt_and_tokens(
    command: Command, job_id: JobId
) -> None:
    shown = await command("jobs", "show", job_id)

    fields = {line.split()[0]: line.split()[-1] for line in shown.out.splitlines()}
    assert fields["id"] == job_id
    assert fields["state"] == "unconfirmed"
    assert fields["duration_s"] == str(make_job().request.duration_s)
    assert "quality" not in fields, "nothing is said about what is not set"
    assert "None" not in shown.out
    assert re.search(r"state_since +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n", shown.out)
    assert not fields.keys() & {"request", "prompt", "interaction_token", "result_url"}
    assert make_job().request.prompt not in shown.out


async def test_programs_get_json(command: Command, job_id: JobId) -> None:
    """Ids are texts: readers of JSON round numbers of that size."""
    listed = json.loads((await command("jobs", "list", "--json")).out)
    shown = json.loads((await command("jobs", "show", job_id, "--json")).out)
    none = await command("jobs", "list", "--state", "delivered", "--json")

    assert listed == [shown]
    assert (shown["id"], shown["state"]) == (job_id, "unconfirmed")
    assert str(shown["guild_id"]) == str(make_job().guild_id)
    assert shown["quality"] is None
    assert datetime.fromisoformat(shown["state_since"]).tzinfo is not None
    assert not shown.keys() & {"request", "prompt", "interaction_token", "result_url"}
    assert (none.status, none.out) == (0, "[]\n")


@pytest.mark.parametrize("ending", ["failed", "delivered"])
async def test_an_unconfirmed_job_is_resolved_beside_a_running_bot(
    command: Command, url: str, job_id: JobId, ending: str
) -> None:
    with file_held(url):
        ended = await command("jobs", "resolve", job_id, "--as", ending)

    said = f"Job {job_id} is now marked as {ending}. Nothing was posted or charged.\n"
    assert (ended.status, ended.out) == (0, said)
    assert await state_of(url, job_id) == ending


async def test_other_jobs_cannot_be_resolved(
    command: Command, url: str, job_id: JobId
) -> None:
    await command("jobs", "resolve", job_id, "--as", "failed")

    again = await command("jobs", "resolve", job_id, "--as", "delivered")

    assert again.status == 1
    assert again.err.startswith(f"Job {job_id} is failed; only unconfirmed jobs ")
    assert await state_of(url, job_id) is JobState.FAILED


@pytest.mark.parametrize("arguments", [("show",), ("resolve", "--as", "failed")])
async def test_a_job_that_does_not_exist_is_said(
    command: Command, job_id: JobId, arguments: tuple[str, ...]
) -> None:
    name, *options = arguments

    ended = await command("jobs", name, f"{job_id}x", *options)

    assert ended.status == 1
    assert ended.err == f"There is no job '{job_id}x'.\n"


async def test_sums_are_checked_and_what_is_wrong_is_one_sentence(
    command: Command, url: str, job_id: JobId
) -> None:
    right = await command("db", "check")
    assert (right.status, right.out) == (0, "The sums of the database are right.\n")

    async with Database.open(url, may_write=None) as database:
        await database.write(
            lambda connection: connection.exec_driver_sql(
                "INSERT INTO job_counts VALUES ('delivered', 1)"
            )
        )
    wrong = await command("db", "check")

    assert wrong.status == 1
    assert wrong.err.strip() == (
        "The sums of the database are wrong (counts of ended jobs: 1)."
    )
    assert job_id
