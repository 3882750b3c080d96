"""The documentation's site: whole, without anything from elsewhere, and illustrated."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

from tests.page.commands import THEMES, commands, file_name

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LARGEST_BYTES = 16_000


def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_of_docs", DOCS / "site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_of_docs_has_its_place_in_the_navigation() -> None:
    """Who adds a page is told here to give it a line in `zensical.toml`."""
    navigation = list(site().pages())

    assert len(set(navigation)) == len(navigation)
    assert {f"docs/{page.name}" for page in DOCS.glob("*.md")} <= set(navigation)
    assert [page for page in navigation if not (ROOT / page).is_file()] == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_command_is_shown_with_its_picture(theme: str) -> None:
    """`make screenshots` takes the pictures."""
    text = (DOCS / "commands.md").read_text("utf-8")
    typed = commands()

    assert len(typed) > 30
    for command, name in typed.items():
        picture = file_name(command, theme)
        heading = name if name[0].isupper() else f"/{name}"
        (section,) = re.findall(
            rf"^### {re.escape(heading)}$(.*?)(?=^##|\Z)",
            text,
            re.MULTILINE | re.DOTALL,
        )
        assert f"images/{picture}" in section
        assert 0 < (DOCS / "images" / picture).stat().st_size < LARGEST_BYTES, picture


class _Addresses(HTMLParser):
    """What a page loads, and what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if name in {"src", "srcset"} or (tag == "link" and name == "href"):
                self.loaded.append(value)
            elif name == "href":
                self.linked.append(value)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "built"
    assert site().build(folder) == 0
    return folder / "site"


def addresses(page: Path) -> _Addresses:
    parser = _Addresses()
    parser.feed(page.read_text("utf-8"))
    return parser


@pytest.mark.thorough
def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    pages = list(built.rglob("*.html"))
    loaded = [one for page in pages for one in addresses(page).loaded]
    styles = "".join(one.read_text("utf-8") for one in built.rglob("*.css"))
    within = re.findall(r"(?:url\(|@import )[\"']?([^\"')]+)", styles)

    assert len(pages) > 15
    assert loaded
    assert [
        one for one in loaded + within if urlsplit(one).scheme not in {"", "data"}
    ] == []
    assert [one for one in loaded + within if one.startswith("//")] == []


@pytest.mark.thorough
def test_every_link_and_picture_leads_somewhere(built: Path) -> None:
    broken = []
    for page in built.rglob("*.html"):
        if page.name == "404.html":  # shown at any address: its links begin at the root
            continue
        found = addresses(page)
        for address in found.loaded + found.linked:
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            target = (page.parent / unquote(parts.path)).resolve()
            if target != built.resolve() and not target.exists():
                broken.append(f"{page.relative_to(built)}: {address}")

    assert broken == []


PARTS = {
    "li": {"list_item_open"},
    "ol": {"ordered_list_open"},
    "pre": {"fence", "code_block"},
    "tr": {"tr_open"},
    "ul": {"bullet_list_open"},
}
"""A page's parts, in HTML and in markdown-it, which reads pages as GitHub does."""


@pytest.mark.thorough
@pytest.mark.parametrize("page", list(site().pages()))
def test_lists_tables_and_code_are_the_same_here_and_there(
    built: Path, page: str
) -> None:
    """The generator wants four spaces before what belongs to an item of a list."""
    markdown = MarkdownIt("commonmark").enable("table")
    kinds = [one.type for one in markdown.parse((ROOT / page).read_text("utf-8"))]
    made = Path(re.sub(r"(^|/)README\.md$", r"\1index.md", page)).with_suffix(".html")
    article = (built / made).read_text("utf-8").partition("<article")[2]

    assert {name: sum(kind in of for kind in kinds) for name, of in PARTS.items()} == {
        name: len(re.findall(rf"<{name}[ >]", article.partition("</article>")[0]))
        for name in PARTS
    }


@pytest.mark.thorough
def test_a_link_that_leads_nowhere_fails_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = site()
    copy = tmp_path / "repository"
    for name in module.gathered() | {module.CONFIG}:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(ROOT / name)
    demo = copy / "docs" / "demo.md"
    text = demo.read_text("utf-8")
    demo.unlink()
    demo.write_text(f"{text}\n[Nowhere](nowhere.md)\n", "utf-8")
    monkeypatch.setattr(module, "ROOT", copy)

    assert module.build(tmp_path / "built") != 0
