"""What a person fills in, checked and written as their own client would do it.

Knows commands, menus and forms; that an interaction comes of it is not known here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sandbox.discord.command_rules import (
    BOOLEAN,
    CHANNEL,
    FILE,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    PERSON,
    ROLE,
    STRING,
)
from sandbox.discord.commands import Command
from sandbox.discord.composition import Attachment
from sandbox.discord.records import Channel, Role, User
from sandbox.discord.wire import Json

_LARGEST = 2**53
"""Numbers beyond are not exact in every client (Discord docs: Option Type)."""
_LONGEST = 6000


class ClientRefused(Exception):
    """The person's own client does not let them do that; the bot hears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something on a person's disk, for an option that asks for a file."""

    name: str
    data: bytes = field(repr=False)


Value: TypeAlias = str | int | float | bool | User | Role | Channel | File
"""What can be filled in."""
Options: TypeAlias = Mapping[str, Value]


@dataclass(slots=True, kw_only=True)
class Referred:
    """What was referred to by id, to be sent along in full."""

    store: Callable[[File], Attachment]
    """Uploads a file."""
    users: list[User] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def note(self, value: Value) -> str:
        """Remember somebody or something and return the id that stands for it."""
        match value:
            case User():
                self.users.append(value)
            case Role():
                self.roles.append(value)
            case Channel():
                self.channels.append(value)
            case File():
                attachment = self.store(value)
                self.attachments.append(attachment)
                return str(attachment.id)
            case _:
                msg = f"{value!r} is nobody and no place"
                raise ClientRefused(msg)
        return str(value.id)


def subcommand(command: Command, words: Sequence[str]) -> tuple[list[Json], list[Json]]:
    """Find what is meant by the words after a command's name.

    Returns:
        The path of groups and subcommands, outermost first, and the options that
        the innermost takes.

    Raises:
        ClientRefused: If there is no such subcommand, or one is needed.
    """
    path: list[Json] = []
    options: list[Json] = command.stated["options"]
    for word in words:
        inner = [
            one for one in options if one["name"] == word and one["type"] in (1, 2)
        ]
        if not inner:
            msg = f"/{command.name} has no subcommand {word!r}"
            raise ClientRefused(msg)
        path.append(inner[0])
        options = inner[0].get("options") or []
    if any(one["type"] in (1, 2) for one in options):
        msg = f"/{command.name} needs a subcommand"
        raise ClientRefused(msg)
    return path, options


def filled_in(
    options: Sequence[Json], given: Options, referred: Referred
) -> Iterator[Json]:
    """Write what was filled in, checked as a client checks before it sends.

    Raises:
        ClientRefused: If an option is unknown, missing, or given what it does not
            take.
    """
    names = [option["name"] for option in options]
    if unknown := [name for name in given if name not in names]:
        msg = f"no option {unknown[0]!r} among {names}"
        raise ClientRefused(msg)
    for option in options:
        name = option["name"]
        if name not in given or given[name] == "":
            if option.get("required"):
                msg = f"option {name!r} is required"
                raise ClientRefused(msg)
            continue
        value = _checked(option, given[name], referred)
        yield {"name": name, "type": option["type"], "value": value}


def being_typed(
    options: Sequence[Json], given: Options, focus: tuple[str, str], referred: Referred
) -> Iterator[Json]:
    """Write what is filled in so far while one option is being typed.

    Raises:
        ClientRefused: If that option does not ask the bot for suggestions.
    """
    focused, text = focus
    for option in options:
        name = option["name"]
        if name == focused:
            if not option.get("autocomplete"):
                msg = f"option {name!r} makes no suggestions"
                raise ClientRefused(msg)
            yield {"name": name, "type": option["type"], "value": text, "focused": True}
        elif name in given:
            value = _checked(option, given[name], referred)
            yield {"name": name, "type": option["type"], "value": value}
    if focused not in [option["name"] for option in options]:
        msg = f"no option {focused!r}"
        raise ClientRefused(msg)


def _checked(option: Json, value: Value, referred: Referred) -> object:
    name = option["name"]
    kind = option["type"]
    if option.get("choices"):
        return _choice(option, value)
    if kind == STRING:
        return _text(option, value)
    if kind in {INTEGER, NUMBER}:
        return _number(option, value)
    if kind == BOOLEAN and isinstance(value, bool):
        return value
    wanted = option.get("channel_types")
    wrong_kind = isinstance(value, Channel) and wanted and value.kind not in wanted
    if wrong_kind or not isinstance(value, _ENTITIES.get(kind, ())):
        msg = f"option {name!r} does not take {value!r}"
        raise ClientRefused(msg)
    return referred.note(value)


_ENTITIES: Mapping[int, tuple[type, ...]] = {
    PERSON: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    FILE: (File,),
}


def _choice(option: Json, value: Value) -> object:
    for choice in option["choices"]:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    offered = [choice["value"] for choice in option["choices"]]
    msg = f"option {option['name']!r} offers {offered}, not {value!r}"
    raise ClientRefused(msg)


def _text(option: Json, value: Value) -> str:
    name = option["name"]
    if not isinstance(value, str):
        msg = f"option {name!r} takes text, not {value!r}"
        raise ClientRefused(msg)
    least = option.get("min_length") or 0
    most = option.get("max_length") or _LONGEST
    if not least <= len(value) <= most:
        msg = f"option {name!r} takes {least} to {most} characters, not {len(value)}"
        raise ClientRefused(msg)
    return value


def _number(option: Json, value: Value) -> int | float:
    name = option["name"]
    whole = option["type"] == INTEGER
    wanted = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        msg = f"option {name!r} takes a number, not {value!r}"
        raise ClientRefused(msg)
    least = option.get("min_value", -_LARGEST)
    most = option.get("max_value", _LARGEST)
    if not least <= value <= most:
        msg = f"option {name!r} takes {least} to {most}, not {value}"
        raise ClientRefused(msg)
    return value
