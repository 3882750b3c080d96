"""A line typed at the terminal as the command and the options that it means."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.discord.command_rules import (
    BOOLEAN,
    CHANNEL,
    CHAT_INPUT,
    FILE,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    PERSON,
    ROLE,
    STRING,
)
from sandbox.discord.commands import Command
from sandbox.discord.invocation import File, Value
from sandbox.discord.records import Channel, Role, User
from sandbox.discord.wire import Json

_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*"|")+')
_QUOTED = re.compile(r'"([^"]*)"')
_NAMED = re.compile(r"(?P<name>[^\W\d][\w-]*):(?!//)(?P<value>.+)")
_ENTITIES = frozenset({PERSON, ROLE, CHANNEL, MENTIONABLE})
_LOCALE = "en-US"
_INNER = frozenset({1, 2})
"""Option types: a subcommand, and a group of them."""

Entity = User | Role | Channel


class LineError(ValueError):
    """The line means nothing; the message says why and what to type instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as it was typed."""

    command: str
    """Its name, with groups and subcommands after it."""
    options: dict[str, Value]
    missing: Json | None
    """The first required option that was left out."""


def read(line: str, offered: Sequence[Command], entities: Sequence[Entity]) -> Typed:
    """Return what a line means, among the commands that the person is offered.

    What follows no option's name belongs to the option before, if that takes any text,
    else to the first required one. What is in quotes names no option.

    Raises:
        LineError: If there is no such command or option, or a value does not fit.
    """
    tokens = _TOKEN.findall(line)
    if not line.startswith("/") or not tokens:
        msg = "Commands begin with a slash: try /video a red fox in the snow."
        raise LineError(msg)
    path, takes, rest = _found(tokens, offered)
    options: dict[str, list[str]] = {}
    by_name = {name_of(option): option for option in takes}
    # As in Discord, the name that the bot's commands have everywhere will do as well.
    known = {option["name"]: option for option in takes} | by_name
    free = next((one for one in takes if one.get("required") and _is_free(one)), None)
    into = free
    for token in rest:
        named = _NAMED.fullmatch(token)
        if named is None:
            if into is None:
                raise LineError(_unknown(path, token, by_name))
            options.setdefault(into["name"], []).append(_unquoted(token))
            continue
        option = known.get(named["name"])
        if option is None:
            raise LineError(_unknown(path, named["name"], by_name))
        options[option["name"]] = [
            *(options.get(option["name"], ()) if option is into else ()),
            _unquoted(named["value"]),
        ]
        into = option if _is_free(option) else free
    values = {
        name: _value(known[name], " ".join(words), entities)
        for name, words in options.items()
    }
    required = (one for one in takes if one.get("required"))
    missing = next((one for one in required if one["name"] not in values), None)
    return Typed(command=path, options=values, missing=missing)


def name_of(one: Json) -> str:
    """Return what an option or a choice is called in English."""
    localized = one.get("name_localizations") or {}
    return str(localized.get(_LOCALE) or one["name"])


def paths(offered: Sequence[Command]) -> list[str]:
    """Return all that can be typed, without options: "/video", "/videos list"."""
    typed = (one for one in offered if one.kind == CHAT_INPUT)
    return sorted(
        path for one in typed for path in _paths(f"/{one.name}", one.stated["options"])
    )


def _paths(path: str, options: Sequence[Json]) -> Iterator[str]:
    inner = [one for one in options if one["type"] in _INNER]
    if not inner:
        yield path
    for one in inner:
        yield from _paths(f"{path} {one['name']}", one.get("options") or ())


def _found(
    tokens: Sequence[str], offered: Sequence[Command]
) -> tuple[str, list[Json], Sequence[str]]:
    """Return a command's path and options, and the tokens after the path."""
    name = tokens[0].removeprefix("/")
    named = (one for one in offered if (one.kind, one.name) == (CHAT_INPUT, name))
    command = next(named, None)
    if command is None:
        msg = f"There is no command /{name} here. There are: {_listed(paths(offered))}."
        raise LineError(msg)
    options: list[Json] = command.stated["options"]
    words = [name]
    while inner := {one["name"]: one for one in options if one["type"] in _INNER}:
        word = tokens[len(words)] if len(words) < len(tokens) else ""
        if word not in inner:
            there = _paths(f"/{' '.join(words)}", options)
            msg = f"Type one of these: {_listed(list(there))}."
            raise LineError(msg)
        words.append(word)
        options = inner[word].get("options") or []
    return " ".join(words), options, tokens[len(words) :]


def _unquoted(text: str) -> str:
    return _QUOTED.sub(r"\1", text)


def _is_free(option: Json) -> bool:
    return bool(option["type"] == STRING and not option.get("choices"))


def _unknown(path: str, name: str, options: dict[str, Json]) -> str:
    if not options:
        return f"/{path} takes no options, and {name} is unknown."
    taken = _listed([f"{one}:" for one in options])
    words = f"/{path} has no option {name}. It takes {taken}."
    if any(_is_free(option) for option in options.values()):
        words += " If it belongs to a text, put it in quotes."
    return words


def _value(option: Json, text: str, entities: Sequence[Entity]) -> Value:
    name, kind = name_of(option), option["type"]
    if choices := option.get("choices"):
        return _choice(name, text, choices)
    if kind in {INTEGER, NUMBER}:
        try:
            return int(text) if kind == INTEGER else float(text)
        except ValueError as error:
            msg = f"{name} takes a number, not {text}."
            raise LineError(msg) from error
    if kind == BOOLEAN:
        return text.lower() in {"true", "yes", "1"}
    if kind == FILE:
        return _file(name, text)
    if kind in _ENTITIES:
        return _entity(name, text, entities)
    return text


def _choice(name: str, text: str, choices: Sequence[Json]) -> Value:
    for choice in choices:
        meant = (str(choice["value"]), choice["name"], name_of(choice))
        if text.lower() in {one.lower() for one in meant}:
            value: Value = choice["value"]
            return value
    there = _listed([str(choice["value"]) for choice in choices], "or")
    msg = f"{name} takes {there}, not {text}."
    raise LineError(msg)


def _file(name: str, text: str) -> File:
    path = Path(text).expanduser()
    try:
        return File(name=path.name, data=path.read_bytes())
    except OSError as error:
        msg = f"{name} takes a file on this machine, and {text} cannot be read."
        raise LineError(msg) from error


def _entity(name: str, text: str, entities: Sequence[Entity]) -> Entity:
    wanted = text.lstrip("@#").lower()
    for one in entities:
        shown = one.display_name if isinstance(one, User) else one.name
        if wanted in {one.name.lower(), shown.lower()}:
            return one
    msg = f"{name}: there is nobody and nothing here called {text}."
    raise LineError(msg)


def _listed(words: Sequence[str], last: str = "and") -> str:
    if len(words) < 2:  # noqa: PLR2004 - one needs no conjunction
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
