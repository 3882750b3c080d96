"""What surrounds the code: hosted checks, hooks, the version, and what files name."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def tracked() -> list[str]:
    """Return every file that git knows and that is there."""
    try:
        listed = subprocess.run(
            ["git", "ls-files"],  # noqa: S607 - whatever git is there
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


WRITTEN = (".css", ".ftl", ".html", ".js", ".md", ".py", ".toml", ".yaml", ".yml")


def test_every_file_is_written_as_the_editors_are_told() -> None:
    faults = []
    for name in tracked():
        if not name.endswith(WRITTEN):
            continue
        text = (ROOT / name).read_bytes().decode("utf-8")
        if text and not text.endswith("\n"):
            faults.append(f"{name}: the last line has no end")
        if re.search(r"[ \t]+$", text, re.MULTILINE):
            faults.append(f"{name}: spaces at the end of a line")
        if "\r" in text or "\t" in text:
            faults.append(f"{name}: tabs or another system's line ends")

    assert faults == []


def test_hosted_checks_run_on_every_python_that_we_promise() -> None:
    promised = {
        found[1]
        for one in PROJECT["classifiers"]
        if (found := re.search(r"Python :: (\d\.\d+)$", one))
    }
    (matrix,) = re.findall(
        r"^ +python: \[(.*)\]$", text_of(".github/workflows/checks.yml"), re.MULTILINE
    )

    assert promised == set(re.findall(r"[\d.]+", matrix))
    assert f">={min(promised, key=_number)}" == PROJECT["requires-python"]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


MAKE = re.compile(r"(?:`|run: |^ +)make ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        ".github/workflows/checks.yml",
        ".github/workflows/release.yml",
        ".github/pull_request_template.md",
        "docs/releasing.md",
    ],
)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = set(MAKE.findall(text_of(name)))

    assert named
    assert named <= targets


@pytest.mark.parametrize("name", ["checks", "release"])
def test_every_action_is_pinned_and_finds_no_token_in_a_checkout(name: str) -> None:
    text = text_of(f".github/workflows/{name}.yml")
    used = re.findall(r"uses: (\S+)(.*)", text)
    checkouts = re.findall(r"uses: actions/checkout@.*\n(.*\n.*)\n", text)

    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", version), action
    assert len(checkouts) == text.count("actions/checkout@") > 0
    assert all("persist-credentials: false" in settings for settings in checkouts)


def test_every_hook_runs_a_tool_of_the_lock_and_pins_no_version() -> None:
    hooks = text_of(".pre-commit-config.yaml")
    tools = re.findall(r"entry: (\S+)", hooks)
    locked = text_of("requirements-dev.lock")
    packages = {"lint-imports": "import-linter"}

    assert tools
    for tool in tools:
        name = tool.removeprefix(".venv/bin/")
        assert name != tool
        assert f"\n{packages.get(name, name)}==" in locked
    assert re.findall(r"repo: (\S+)", hooks) == ["local"]
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}
    assert "rev:" not in hooks


def test_what_the_hooks_check_is_part_of_make_check() -> None:
    tools = re.findall(
        r"entry: \.venv/bin/([\w-]+)", text_of(".pre-commit-config.yaml")
    )
    check = text_of("Makefile").partition("\ncheck: $")[2].partition("\n\n")[0]

    for tool in tools:
        assert f"$(BIN)/{tool}" in check


def test_the_version_is_the_newest_of_the_changelog() -> None:
    """And the section in which changes are collected names the version they go into."""
    headings = re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)
    versions = []
    for number, heading in enumerate(headings):
        found = re.fullmatch(
            r"(\d+\.\d+\.\d+) (?:\((unreleased)\)|- \d{4}-\d{2}-\d{2})", heading
        )
        assert found, heading
        assert not found[2] or number == 0, "only the newest is not yet released"
        versions.append(found[1])

    assert versions[0] == __version__
    assert versions == sorted(versions, key=_number, reverse=True)


PATH = re.compile(
    r"(?<![\w./-])((?:bot|cogs|storage|tests|sandbox|benchmarks|deploy|docs|\.github)/"
    r"[\w./-]*\w/?)(?![\w*{<])"
)


@pytest.mark.parametrize(
    "name",
    ["CONTRIBUTING.md", "README.md", "SECURITY.md", "tests/README.md"]
    + [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))],
)
def test_every_file_that_the_documentation_names_exists(name: str) -> None:
    """Who moves a file is told where it is named."""
    gone = {path for path in PATH.findall(text_of(name)) if not (ROOT / path).exists()}

    assert gone == set()
