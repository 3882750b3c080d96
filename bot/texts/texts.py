"""Finds a text by its id in the reader's language. Knows neither Discord nor jobs.

The texts lie in Project Fluent files, one folder for each language, named as Discord
names the language. A folder is all that a language needs.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import structlog
from babel import Locale
from babel.dates import format_skeleton
from fluent.runtime import FluentBundle, FluentResource

log = structlog.get_logger(__name__)

DEFAULT_LOCALE = "en-US"
"""The fallback language."""

LOCALES_DIR = Path(__file__).parent / "locales"

_NO_TEXT = "text-missing"
_MOST_REMEMBERED = 512
_SHORT_CHARS = 40
_OPEN, _SHUT = "\ue000", "\ue001"
"""Around the name of what is still to be inserted. Characters of no script."""
_COMES_ONCE = re.compile(f"^<|{_OPEN}")
_HOLE = re.compile(f"{_OPEN}(.*?){_SHUT}")


class Texts:
    """All texts in all languages, read once."""

    def __init__(self, bundles: Mapping[str, FluentBundle], *, strict: bool) -> None:
        self.locales = tuple(bundles)
        """The languages we speak, by Discord's names, English first."""
        self._bundles = bundles
        self._strict = strict
        # Most sentences recur, and Fluent is slow.
        # By type as well: 1, 1.0 and True are equal, and written differently.
        self._remembered = lru_cache(_MOST_REMEMBERED, typed=True)(self._said)

    @classmethod
    def load(cls, folder: Path = LOCALES_DIR, *, strict: bool = False) -> "Texts":
        """Read every language that has a folder in `folder`.

        A strict one raises `LookupError` where a text or a value for it is missing;
        otherwise that is logged, and the reader gets the nearest we have.
        """
        bundles = {locale: _bundle(folder / locale) for locale in known_locales(folder)}
        return cls(bundles, strict=strict)

    def say(self, locale: str, text_id: str, **values: object) -> str:
        """Return a text in the language nearest to Discord's `locale`.

        Values are inserted as they are, never read as part of the text: a prompt full
        of braces stays one. Numbers are written the way the language writes them.
        """
        rare = {name: value for name, value in values.items() if not _is_short(value)}
        if not rare:
            return self._remembered(locale, text_id, **values)
        if not all(isinstance(value, str) for value in rare.values()):
            return self._said(locale, text_id, **values)
        holes = {name: f"{_OPEN}{name}{_SHUT}" for name in rare}
        text = self._remembered(locale, text_id, **values | holes)
        # In one pass: inserted values are not scanned.
        return _HOLE.sub(lambda hole: str(rare[hole[1]]), text)

    def day(self, locale: str, day: date) -> str:
        """Return a day without its year, as the language nearest to `locale` does."""
        ours = Locale.parse(nearest_locale(locale, self.locales), sep="-")
        return format_skeleton("MMMd", day, locale=ours)

    def _said(self, locale: str, text_id: str, **values: object) -> str:
        nearest = nearest_locale(locale, self.locales)
        for ours in dict.fromkeys((nearest, DEFAULT_LOCALE)):
            if self._bundles[ours].has_message(text_id):
                return self._format(ours, text_id, values)
        fault = f"no text {text_id!r} in {nearest}"
        if self._strict:
            raise LookupError(fault)
        log.error("text missing", text_id=text_id, locale=nearest)
        return self._format(nearest, _NO_TEXT, {})

    def _format(self, locale: str, text_id: str, values: Mapping[str, object]) -> str:
        bundle = self._bundles[locale]
        pattern = bundle.get_message(text_id).value
        assert pattern is not None
        text, faults = bundle.format_pattern(pattern, dict(values))
        if faults and self._strict:
            msg = f"text {text_id!r} in {locale}: {faults[0]}"
            raise LookupError(msg)
        if faults:
            log.error("text not formatted", text_id=text_id, locale=locale)
        return str(text)


def _is_short(value: object) -> bool:
    """Return whether a value is likely to come again.

    No prompt, no address, and nothing in Discord's brackets: moments pass, and whom we
    spoke to need not be remembered.
    """
    if isinstance(value, str):
        return len(value) <= _SHORT_CHARS and not _COMES_ONCE.search(value)
    return isinstance(value, int)


def known_locales(folder: Path = LOCALES_DIR) -> tuple[str, ...]:
    """Return the languages that have a folder in `folder`, English first."""
    found = {path.parent.name for path in folder.glob("*/*.ftl")}
    return (DEFAULT_LOCALE, *sorted(found - {DEFAULT_LOCALE}))


def nearest_locale(locale: str, known: Collection[str]) -> str:
    """Return which of the `known` languages a reader of Discord's `locale` gets.

    Their own, or another variety of it, or English.
    """
    if locale in known:
        return locale
    language = _language(locale)
    return next((one for one in known if _language(one) == language), DEFAULT_LOCALE)


def _language(locale: str) -> str:
    return locale.partition("-")[0].lower()


def _bundle(folder: Path) -> FluentBundle:
    # Isolation marks are for mixed directions; inside our links they would do harm.
    bundle = FluentBundle([folder.name], use_isolating=False)
    for path in sorted(folder.glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle
