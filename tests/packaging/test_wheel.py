"""What is installed has to hold everything that the checkout holds."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
PROGRAM = ("bot", "cogs", "storage")
DEMO = ("bot/demo", "sandbox")
Installed = Callable[..., subprocess.CompletedProcess[str]]


def tracked(*folders: str) -> set[str]:
    """Return the files of some folders that git knows."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", *folders],  # noqa: S607 - whatever git is there
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return {
        name
        for name in listed.stdout.splitlines()
        # The client in another language is no part of the program.
        if not name.endswith(".md") and "independent-client" not in name
        if (ROOT / name).exists()
    }


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build both wheels away from the checkout; return where each lies, by its name."""
    source = tmp_path_factory.mktemp("source")
    target = tmp_path_factory.mktemp("wheels")
    for name in ("pyproject.toml", "README.md", "LICENSE", *PROGRAM, "sandbox"):
        (source / name).symlink_to(ROOT / name)
    (source / "demo").mkdir()  # setuptools writes into it
    (source / "demo" / "pyproject.toml").symlink_to(ROOT / "demo" / "pyproject.toml")
    for project in (source, source / "demo"):
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index"),
                *("--disable-pip-version-check", "--no-deps", "--no-build-isolation"),
                *("--wheel-dir", str(target), str(project)),
            ],
            check=True,
            env={"PATH": os.environ["PATH"]},
        )
    return {path.name.split("-")[0]: path for path in target.glob("*.whl")}


def files_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {name for name in names if ".dist-info/" not in name}


@pytest.fixture
def installed(wheels: dict[str, Path], tmp_path: Path) -> Installed:
    """Run `clapper` from what some wheels hold, and nothing of the checkout."""

    def run(
        *names: str, arguments: tuple[str, ...]
    ) -> subprocess.CompletedProcess[str]:
        for name in names:
            with zipfile.ZipFile(wheels[name]) as archive:
                archive.extractall(tmp_path / "site")
        libraries = sysconfig.get_path("purelib")
        return subprocess.run(
            # Without site, which would find the checkout again.
            [sys.executable, "-S", "-m", "bot", *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": str(tmp_path),
                "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{libraries}",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_program_is_installed_whole_and_without_the_demo(
    wheels: dict[str, Path],
) -> None:
    """A text or a migration that is left behind is missed only in use."""
    assert files_of(wheels["clapper"]) == tracked(*PROGRAM) - tracked(*DEMO)


def test_the_demo_is_installed_whole_and_with_nothing_else(
    wheels: dict[str, Path],
) -> None:
    assert files_of(wheels["clapper_demo"]) == tracked(*DEMO)


def test_both_have_the_same_version(wheels: dict[str, Path]) -> None:
    versions = {path.name.split("-")[1] for path in wheels.values()}

    assert len(wheels) == 2
    assert len(versions) == 1


def test_without_the_demo_one_sentence_says_how_to_get_it(installed: Installed) -> None:
    ended = installed("clapper", arguments=("demo",))

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "`pip install . ./demo`" in ended.stderr


def test_with_the_demo_a_clip_is_made(installed: Installed) -> None:
    arguments = ("demo", "--once", "--speed", "5")

    ended = installed("clapper", "clapper_demo", arguments=arguments)

    assert ended.returncode == 0, ended.stderr
    (clip,) = ended.stdout.split("The clip is here: ")[1:]
    assert Path(clip.strip()).stat().st_size > 0
