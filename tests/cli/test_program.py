"""The command line as a whole: version, faulty settings, names and statuses."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot import __version__
from bot.cli import main
from bot.cli.endings import plain_endings
from bot.errors import AlreadyRunning, StartupError
from tests.cli.program import NEEDED, clapper


async def test_the_version_is_told(tmp_path: Path) -> None:
    ended = await clapper("--version", folder=tmp_path)

    assert (ended.status, ended.out) == (0, f"clapper, version {__version__}\n")


async def test_run_ends_with_2_and_one_line_for_each_fault(tmp_path: Path) -> None:
    ended = await clapper("run", folder=tmp_path, CLAPPER_LOG__FORMAT="xml")

    assert ended.status == 2
    assert ended.out == ""
    assert [line.split(" ")[0] for line in ended.err.splitlines()] == [
        "discord.token",
        "evolink.api_key",
        "log.format",
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False])
async def test_the_file_may_be_named_before_and_behind_the_command(
    tmp_path: Path, *, before: bool
) -> None:
    option = ("--config", "mine.toml")
    arguments = (*option, "run") if before else ("run", *option)

    ended = await clapper(*arguments, folder=tmp_path, **NEEDED)

    assert (ended.status, ended.err) == (2, "mine.toml: there is no such file.\n")


def every_command(
    group: click.Group, name: str = ""
) -> list[tuple[str, click.Command]]:
    found = []
    for command in group.commands.values():
        path = f"{name} {command.name}".strip()
        if isinstance(command, click.Group):
            found += every_command(command, path)
        else:
            found.append((path, command))
    return found


def test_the_commands_are_those_that_scripts_rely_on() -> None:
    assert {path for path, _ in every_command(main)} == {
        "run",
        "check",
        "db upgrade",
        "db backup",
        "db copy",
        "db restore",
        "db restored",
        "db check",
        "jobs list",
        "jobs show",
        "jobs resolve",
        "processes",
        "demo",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("jobs list --limit 0", "0 is not a whole number from 1 to 10000."),
        ("jobs list --limit 1.5", "1.5 is not a whole number from 1 to 10000."),
        ("check --guild mine", "mine is not a whole number of 1 or more."),
        ("demo --port 70000", "70000 is not a whole number from 0 to 65535."),
        ("demo --speed fast", "fast is not a number from 0.1 to 1000."),
        ("demo --speed nan", "nan is not a number from 0.1 to 1000."),
        ("demo --speed -1", "-1 is not a number from 0.1 to 1000."),
    ],
)
def test_a_number_that_is_none_is_told_in_plain_words(
    arguments: str, said: str
) -> None:
    answer = CliRunner().invoke(main, arguments.split())

    assert answer.exit_code == 2
    option = arguments.split()[-2]
    assert answer.output.splitlines()[-1] == (
        f"Error: Invalid value for '{option}': {said}"
    )


@pytest.mark.parametrize(("path", "command"), every_command(main), ids=str)
def test_every_command_and_option_is_explained(
    path: str, command: click.Command
) -> None:
    answer = CliRunner().invoke(main, [*path.split(), "--help"])

    assert answer.exit_code == 0
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("group", ["", "jobs", "db"])
def test_help_cuts_no_sentence(group: str) -> None:
    """At the usual width of a terminal, of which click leaves two columns free."""
    answer = CliRunner().invoke(main, [*group.split(), "--help"], terminal_width=78)

    assert "..." not in answer.output.replace("[ARGS]...", "")


class TestEndings:
    """Which error becomes which status."""

    @pytest.mark.parametrize(
        "error",
        [
            StartupError("It cannot start."),
            AlreadyRunning("It cannot start."),
            ExceptionGroup(
                "x", [ExceptionGroup("y", [StartupError("It cannot start.")])]
            ),
        ],
    )
    def test_a_start_that_fails_is_one_sentence_and_1(
        self, error: Exception, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended, plain_endings():
            raise error

        assert ended.value.code == 1
        assert capsys.readouterr().err == "It cannot start.\n"

    def test_an_interrupt_is_a_wish(self) -> None:
        with pytest.raises(SystemExit) as ended, plain_endings():
            raise KeyboardInterrupt

        assert ended.value.code == 0

    def test_the_unexpected_is_logged_and_1(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended, plain_endings():
            raise LookupError

        printed = capsys.readouterr()
        assert ended.value.code == 1
        assert "stopped by an unexpected error" in printed.out + printed.err
