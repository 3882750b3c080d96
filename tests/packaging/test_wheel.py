"""What is installed has to hold everything that the checkout holds."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "cogs", "storage", "sandbox")


def tracked(package: str) -> set[str]:
    """Return the files of a package that git knows."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", package],  # noqa: S607 - whatever git is there
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel away from the checkout, as the image does, and list it."""
    source = tmp_path_factory.mktemp("source")
    target = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        if not (ROOT / name).exists():
            pytest.skip(f"there is no {name} yet")
        (source / name).symlink_to(ROOT / name)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index"),
            *("--disable-pip-version-check", "--no-deps", "--no-build-isolation"),
            *("--wheel-dir", str(target), str(source)),
        ],
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    (built,) = target.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_ours_is_installed(wheel: set[str], package: str) -> None:
    """A text, a clip or a migration that is left behind is missed only in use."""
    left_behind = {
        name
        for name in tracked(package) - wheel
        # The client in another language is no part of the program.
        if not name.endswith(".md") and "independent-client" not in name
    }

    assert left_behind == set()


def test_nothing_else_is_installed(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
