"""What we publish has to agree with itself."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pinned(lock: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", text_of(lock), re.MULTILINE))


LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def test_the_build_backend_is_the_same_wherever_it_is_named() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    (backend,) = project["build-system"]["requires"]

    assert backend in project["project"]["optional-dependencies"]["dev"]
    for lock in ("requirements-build.lock", "requirements-dev.lock"):
        assert f"{backend} \\\n" in text_of(lock)
    assert backend in text_of("Makefile")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_address(lock: str) -> None:
    """An address would tie everybody to one place to download from."""
    text = text_of(lock)

    packages = re.split(r"^(?=[\w.-]+(?:\[[^]]*\])?==)", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert "--hash=sha256:" in package, package.splitlines()[0]
    assert "://" not in text
    assert "--index" not in text


def test_each_package_says_that_it_is_typed() -> None:
    """Else type checkers read nothing of it, whatever the classifier says."""
    project = tomllib.loads(text_of("pyproject.toml"))
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]

    assert "Typing :: Typed" in project["project"]["classifiers"]
    for package in [*packages, "sandbox"]:
        assert (ROOT / package.rstrip("*") / "py.typed").exists(), package


def test_the_demo_asks_for_the_versions_that_are_tested() -> None:
    ours = tomllib.loads(text_of("pyproject.toml"))
    demo = tomllib.loads(text_of("demo/pyproject.toml"))
    tested = {
        *ours["project"]["dependencies"],
        *ours["project"]["optional-dependencies"]["dev"],
    }

    assert set(demo["project"]["dependencies"]) - tested == {ours["project"]["name"]}
    assert demo["build-system"] == ours["build-system"]
    assert demo["project"]["requires-python"] == ours["project"]["requires-python"]


def test_what_runs_is_part_of_what_is_tested() -> None:
    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")


def test_nothing_for_development_runs_in_production() -> None:
    assert not pinned("requirements.lock") & {"pytest", "ruff", "mypy", "setuptools"}


def test_the_dockerfile_takes_any_base() -> None:
    assert text_of("Dockerfile").startswith("ARG BASE=python:3.11-slim\nFROM ${BASE}")


def test_the_image_s_context_holds_what_the_dockerfile_copies() -> None:
    """Everything else stays out, so that a forgotten secret reaches no layer."""
    copied = set()
    for line in text_of("Dockerfile").splitlines():
        match line.split():
            case ["COPY", *sources, _target] if not sources[0].startswith("--from"):
                copied |= set(sources)
            case _:
                continue
    ignored, *kept = [
        line
        for line in text_of(".dockerignore").splitlines()
        if not line.startswith(("#", "**"))
    ]

    assert ignored == "*"
    assert {line.removeprefix("!") for line in kept} == copied


def test_the_makefile_has_what_the_handbook_promises() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    promised = set(
        re.findall(r"^    make (\w+)", text_of("CONTRIBUTING.md"), re.MULTILINE)
    )

    assert promised == targets


@pytest.mark.parametrize(
    "name",
    [
        "Makefile",
        "Dockerfile",
        "compose.yaml",
        "compose.scale.yaml",
        "zensical.toml",
        ".ci/run",
        ".github/workflows/checks.yml",
        ".github/workflows/release.yml",
        "CONTRIBUTING.md",
    ],
)
def test_no_place_to_download_from_is_named(name: str) -> None:
    assert not re.search(
        r"index-url|find-links|pypi|https?://(?!clapper\.example)", text_of(name)
    )
