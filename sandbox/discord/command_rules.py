"""What Discord demands of a command beyond what its schema can say.

Source: Discord docs, "Application Commands".
"""

import unicodedata
from collections.abc import Iterator, Sequence

from sandbox.discord.refusals import FormErrors, Path
from sandbox.discord.wire import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, PERSON, CHANNEL = 3, 4, 5, 6, 7
ROLE, MENTIONABLE, NUMBER, FILE = 8, 9, 10, 11
_NESTING = frozenset({SUBCOMMAND, GROUP})

_NAME = (1, 32)
_DESCRIPTION = (1, 100)
_MOST = 25
_TOTAL_TEXT = 8000
_COMBINING_LETTERS = ("DEVANAGARI", "THAI")
_INDEX = "options"


def check_command(command: Json, path: Path = ()) -> None:
    """Check one command with all its options.

    Raises:
        ApiError: 50035 with everything that is wrong with it.
    """
    errors = FormErrors()
    _note_faults(command, path, errors)
    errors.refuse()


def check_commands(commands: Sequence[Json]) -> None:
    """Check all commands of a bulk overwrite, also against each other.

    Raises:
        ApiError: 50035 with everything that is wrong with them.
    """
    errors = FormErrors()
    seen: set[tuple[object, object]] = set()
    for index, command in enumerate(commands):
        key = (command.get("type") or CHAT_INPUT, command.get("name"))
        if key in seen:
            words = "Application command names must be unique"
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            errors.add((index, "name"), code, words)
        seen.add(key)
        _note_faults(command, (index,), errors)
    errors.refuse()


def _note_faults(command: Json, path: Path, errors: FormErrors) -> None:
    kind = command.get("type") or CHAT_INPUT
    if kind == CHAT_INPUT:
        _check_names(command, path, errors)
        _check_descriptions(command, path, errors)
        _check_options(command, path, errors, depth=0)
    else:
        errors.within((*path, "name"), len(str(command.get("name") or "")), _NAME)
        if command.get("description"):
            words = "Context menu commands have no description."
            code = "APPLICATION_COMMAND_CONTEXT_MENU_NO_DESCRIPTION"
            errors.add((*path, "description"), code, words)
    if sum(_longest_texts(command)) > _TOTAL_TEXT:
        words = f"Command exceeds maximum size ({_TOTAL_TEXT})"
        errors.add(path or ("name",), "APPLICATION_COMMAND_TOO_LARGE", words)


def _check_names(part: Json, path: Path, errors: FormErrors) -> None:
    localised = part.get("name_localizations") or {}
    names = {(*path, "name"): part.get("name")} | {
        (*path, "name_localizations", locale): name
        for locale, name in localised.items()
    }
    for where, name in names.items():
        text = name if isinstance(name, str) else ""
        errors.within(where, len(text), _NAME)
        if not all(_may_stand_in_name(letter) for letter in text):
            words = "Command name is invalid"
            errors.add(where, "APPLICATION_COMMAND_INVALID_NAME", words)
        elif text != text.lower():
            words = "Command name must be lower case where there is a lower case"
            errors.add(where, "APPLICATION_COMMAND_INVALID_NAME", words)


def _may_stand_in_name(letter: str) -> bool:
    if letter in "-_'":
        return True
    if unicodedata.category(letter)[0] in "LN":
        return True
    return unicodedata.name(letter, "").startswith(_COMBINING_LETTERS)


def _check_descriptions(part: Json, path: Path, errors: FormErrors) -> None:
    localised = part.get("description_localizations") or {}
    own = len(str(part.get("description") or ""))
    errors.within((*path, "description"), own, _DESCRIPTION)
    for locale, text in localised.items():
        where = (*path, "description_localizations", locale)
        errors.within(where, len(text), _DESCRIPTION)


def _check_options(part: Json, path: Path, errors: FormErrors, *, depth: int) -> None:
    options = part.get("options") or []
    inner = (*path, _INDEX)
    errors.within(inner, len(options), (0, _MOST))
    _check_together(options, inner, errors)
    for index, option in enumerate(options):
        where = (*inner, index)
        _check_names(option, where, errors)
        _check_descriptions(option, where, errors)
        kind = option.get("type")
        if kind in _NESTING:
            if depth >= (2 if kind == SUBCOMMAND else 1):
                words = "Groups hold subcommands and subcommands hold options"
                errors.add(where, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
            _check_options(option, where, errors, depth=depth + 1)
        else:
            _check_value_option(option, where, errors)


def _check_together(options: Sequence[Json], path: Path, errors: FormErrors) -> None:
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        words = "Option names must be unique"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", words)
    nesting = [option.get("type") in _NESTING for option in options]
    if any(nesting) and not all(nesting):
        words = "Subcommands and other options cannot stand side by side"
        errors.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
    optional_before = False
    for index, option in enumerate(options):
        if option.get("required") and optional_before:
            words = "Required options must be placed before non-required options"
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            errors.add((*path, index), code, words)
        optional_before = optional_before or not option.get("required")


def _check_value_option(option: Json, path: Path, errors: FormErrors) -> None:
    choices = option.get("choices") or []
    inner = (*path, "choices")
    errors.within(inner, len(choices), (0, _MOST))
    if choices and option.get("autocomplete"):
        words = "Choices and autocomplete exclude each other"
        code = "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES"
        errors.add((*path, "autocomplete"), code, words)
    for key in ("name", "value"):
        told = [choice.get(key) for choice in choices]
        if len(set(told)) < len(told):
            words = f"A choice {key} stands there twice"
            errors.add(inner, "APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE", words)
    wanted: type | tuple[type, ...] = str
    if option.get("type") in {INTEGER, NUMBER}:
        wanted = int if option["type"] == INTEGER else (int, float)
    for index, choice in enumerate(choices):
        if not isinstance(choice.get("value"), wanted):
            words = "The value is not of the option's type"
            errors.add((*inner, index, "value"), "BASE_TYPE_CHOICES", words)


def _longest_texts(part: Json) -> Iterator[int]:
    """Return the lengths that count, each text in the longest of its languages."""
    for key in ("name", "description"):
        told = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        yield max(len(text) for text in told)
    for choice in part.get("choices") or ():
        value = choice.get("value")
        names = (choice.get("name_localizations") or {}).values()
        yield max(len(text) for text in [choice.get("name") or "", *names])
        yield len(value) if isinstance(value, str) else 0
    for option in part.get("options") or ():
        yield from _longest_texts(option)
