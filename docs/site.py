"""Builds the documentation's site: `make docs`, or `python docs/site.py FOLDER`.

The pages, and what they link to, are copied as they lie in the repository, so that a
link that works there works on the site. A link that leads nowhere fails the build.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
CONFIG = "zensical.toml"
LINK = re.compile(r'(?:\]\(|(?:src|srcset|href)=")([^)"#\s]+)')
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def pages() -> Iterator[str]:
    """Yield the pages that `zensical.toml` puts in the navigation."""
    yield from re.findall(r'= "([^"]+\.md)"', (ROOT / CONFIG).read_text("utf-8"))


def linked(page: str) -> Iterator[str]:
    """Yield the files of the repository that a page links to, by their names there."""
    text = CODE.sub("", (ROOT / page).read_text("utf-8"))
    for link in LINK.findall(text):
        file = (ROOT / PurePosixPath(page).parent / link).resolve()
        if file.is_file() and file.is_relative_to(ROOT):
            yield file.relative_to(ROOT).as_posix()


def gathered() -> set[str]:
    """Return the pages, and all that can be reached from them by links."""
    found: set[str] = set()
    waiting = set(pages())
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name.endswith(".md"):
            waiting |= set(linked(name)) - found
    return found


def build(folder: Path) -> int:
    """Make the site in `site` below a folder, which is replaced.

    Returns 0, or the status of a generator that has found a fault.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in gathered():
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    shutil.copyfile(ROOT / CONFIG, folder / CONFIG)
    generator = Path(sysconfig.get_path("scripts"), "zensical")
    return subprocess.run(  # noqa: S603 - the one that is locked
        [generator, "build", "--strict", "--clean", "--config-file", CONFIG],
        cwd=folder,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]).resolve()))
