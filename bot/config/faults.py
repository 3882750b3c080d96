"""What is wrong with a configuration, as one sentence for each fault.

A sentence gives both names of the setting and never repeats a value: if two lines were
swapped, the value may be a secret.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.config.names import (
    Setting,
    nearest,
    nearest_section,
    secrets,
)
from bot.config.shown import printable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_TEXT = "must be a text, in quotation marks"
_IDS = "must be a list of ids, such as [123, 456]"
_NAMES = 'must be a list of names, such as ["one", "another"]'
_PLAINLY = {
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": f"{_WHOLE}, and not that large a one",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": f"{_NUMBER}, and not an infinite one",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": _TEXT,
    "path_type": f"{_TEXT}: the name of a file or folder",
    "frozen_set_type": _IDS,
    "list_type": _IDS,
    "tuple_type": _NAMES,
}
"""Replaces those of pydantic's messages that only programmers understand."""


def faults(
    error: ValidationError,
    named: Collection[Setting],
    from_files: Mapping[Setting, str],
) -> Iterator[str]:
    """Yield one sentence for each fault, except for the settings `named` already.

    Args:
        error: What pydantic says.
        named: Settings that need no further sentence.
        from_files: The files that secrets were read from.
    """
    seen = set(named)
    details = error.errors(include_url=False, include_input=False)
    for detail in details:
        match detail["loc"]:
            case (section, key, *_rest):
                setting = Setting(str(section), str(key))
                if setting in seen:
                    continue
                seen.add(setting)
                yield _of_setting(setting, detail, from_files.get(setting))
            case (section,) if detail["type"] != "value_error":
                yield _of_section(str(section), detail)
            case _:  # a rule that spans several settings names them itself
                yield _words(detail)


def _of_setting(setting: Setting, detail: "ErrorDetails", file: str | None) -> str:
    match detail["type"]:
        case "missing":
            by_file = ""
            if setting in secrets():
                other = Setting(setting.section, f"{setting.key}_file")
                by_file = f"; {other} may name a file that holds it"
            return f"{setting} is missing{by_file}."
        case "extra_forbidden":
            meant = nearest(setting)
            guess = f"; did you mean {meant}?" if meant else "."
            return f"{setting} is no setting{guess}"
        case _:
            source = f", read from {file}," if file else ""
            return f"{setting}{source} {_words(detail)}."


def _of_section(section: str, detail: "ErrorDetails") -> str:
    if detail["type"] == "extra_forbidden":
        return f"[{printable(section)}] is no section; {nearest_section(section)}"
    return f"[{section}] must be a table."


def _words(detail: "ErrorDetails") -> str:
    """Return what is wrong as the rest of a sentence that begins with a name."""
    kind = detail["type"]
    if len(detail["loc"]) > 2:  # noqa: PLR2004 - a section, a key, and a place in it
        kind = "tuple_type" if kind == "string_type" else "frozen_set_type"
    if kind in _PLAINLY:
        return _PLAINLY[kind]
    message = detail["msg"].removeprefix("Value error, ").rstrip()
    return message.replace("Input should", "must", 1)
