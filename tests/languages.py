"""The languages that the tests go through: all that have a folder."""

import re
import shutil
from functools import cache
from pathlib import Path

from bot.texts.texts import DEFAULT_LOCALE, LOCALES_DIR, Texts, known_locales

LOCALES = known_locales()


@cache
def strict_texts() -> Texts:
    """Return all texts, read once; they raise where one is missing."""
    return Texts.load(strict=True)


def made_up_language(folder: Path, locale: str) -> None:
    """Fill `folder` with English, German and one in which every text begins with x."""
    for ours in (DEFAULT_LOCALE, "de"):
        shutil.copytree(LOCALES_DIR / ours, folder / ours)
    (folder / locale).mkdir()
    for path in (LOCALES_DIR / DEFAULT_LOCALE).glob("*.ftl"):
        english = path.read_text("utf-8")
        changed = re.sub(r"(?m)^([\w-]+ = )", r"\1x", english)
        (folder / locale / path.name).write_text(changed, "utf-8")
