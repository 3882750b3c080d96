"""What is wrong with a configuration, as one sentence for each fault.

A sentence names the setting both ways and never repeats a value: whoever mixes up two
lines may have put a secret where none belongs.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.config.names import (
    Setting,
    nearest,
    nearest_section,
    printable,
    secrets,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


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
    """Return pydantic's message as the rest of a sentence that begins with a name."""
    message = detail["msg"].removeprefix("Value error, ").rstrip()
    for opening, ours in (("Input should", "should"), ("Path does", "does")):
        message = message.replace(opening, ours, 1)
    return message
