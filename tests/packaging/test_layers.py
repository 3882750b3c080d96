"""The direction of imports is checked for every module, not for those we thought of."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_module_has_its_layer() -> None:
    """import-linter says nothing about a module that stands in no layer."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    in_layers = set(re.findall(r"[\w.]+", " ".join(layers)))

    modules = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert modules - {"bot.__init__"} == {
        name for name in in_layers if name.startswith("bot.")
    }


def test_private_names_of_libraries_stand_in_one_module_of_a_package() -> None:
    """The linter reports every other use, unless a line says that it may not."""
    excused = {
        str(path.relative_to(ROOT))
        for package in ("bot", "cogs", "sandbox", "storage")
        for path in (ROOT / package).rglob("*.py")
        if "SLF001" in path.read_text(encoding="utf-8")
    }

    assert excused == {
        "bot/logs.py",  # a switch that Python's documentation names
        "cogs/private_api.py",
        "storage/database/private_api.py",
    }
