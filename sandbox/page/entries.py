"""What comes from the page's fields as the values that people fill in."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.discord.command_rules import (
    CHANNEL,
    FILE,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    PERSON,
    ROLE,
)
from sandbox.discord.components import SELECTS, ComponentType, walk
from sandbox.discord.form_fields import Filled
from sandbox.discord.invocation import ClientRefused, File, Options, Value
from sandbox.discord.records import Channel, Role, User
from sandbox.discord.wire import Json, as_id
from sandbox.discord.world import World

_KINDS_OF_PARTS = {
    ComponentType.USER_SELECT: PERSON,
    ComponentType.ROLE_SELECT: ROLE,
    ComponentType.MENTIONABLE_SELECT: MENTIONABLE,
    ComponentType.CHANNEL_SELECT: CHANNEL,
}


class Entries:
    """Reads fields: ids become people and places, digits numbers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def options(self, takes: Sequence[Json], given: Mapping[str, Any]) -> Options:
        """Return what was filled in for a command's options, which are `takes`.

        Raises:
            ClientRefused: If something is not what the option takes.
        """
        kinds = {option["name"]: option for option in takes}
        return {
            name: self._value(kinds.get(name, {}), value)
            for name, value in given.items()
        }

    def fields(
        self, components: Sequence[Json], given: Mapping[str, Any]
    ) -> dict[str, Filled]:
        """Return what was filled in for a form's fields, by their custom ids.

        Raises:
            ClientRefused: If something is not what the field takes.
        """
        kinds = {
            part["custom_id"]: part for part in walk(components) if "custom_id" in part
        }
        return {
            name: self._field(kinds.get(name, {}), value)
            for name, value in given.items()
        }

    def _field(self, part: Json, value: object) -> Filled:
        kind = part.get("type")
        if kind in SELECTS or kind == ComponentType.CHECKBOX_GROUP:
            return self.picks(part, value)
        if kind == ComponentType.FILE_UPLOAD:
            return self.files(value)
        if value is None or isinstance(value, bool):
            return value
        return str(value)

    def files(self, value: object) -> list[File]:
        """Return the files that somebody chose.

        Raises:
            ClientRefused: If something is none.
        """
        return [_file(one) for one in value] if isinstance(value, list) else []

    def picks(self, menu: Json, values: object) -> list[Value]:
        """Return what was picked in a select menu.

        Raises:
            ClientRefused: If something is nothing that the menu lists.
        """
        listed = values if isinstance(values, list) else [values]
        kind = _KINDS_OF_PARTS.get(menu["type"])
        if kind is None:
            return [str(one) for one in listed]
        return [self._entity(kind, one) for one in listed]

    def _value(self, option: Json, value: object) -> Value:
        kind = option.get("type")
        if kind in {PERSON, ROLE, CHANNEL, MENTIONABLE}:
            return self._entity(kind, value)
        if kind == FILE:
            return _file(value)
        if isinstance(value, str) and kind in {INTEGER, NUMBER}:
            return _number(option, value)
        if isinstance(value, str | int | float | bool):
            return value
        msg = f"option {option.get('name')!r} does not take that"
        raise ClientRefused(msg)

    def _entity(self, kind: object, value: object) -> User | Role | Channel:
        found_id = as_id(value) or 0
        world = self._world
        roles = (guild.roles.get(found_id) for guild in world.guilds.values())
        found: User | Role | Channel | None = None
        if kind in {PERSON, MENTIONABLE}:
            found = world.users.get(found_id)
        if kind in {ROLE, MENTIONABLE}:
            found = found or next((one for one in roles if one), None)
        if kind == CHANNEL:
            found = world.channel(found_id)
        if found is None:
            msg = "choose one from the list"
            raise ClientRefused(msg)
        return found


def _number(option: Json, text: str) -> int | float:
    whole = option["type"] == INTEGER
    try:
        return int(text) if whole else float(text)
    except ValueError as error:
        what = "a whole number" if whole else "a number"
        msg = f"option {option['name']!r} takes {what}, not {text!r}"
        raise ClientRefused(msg) from error


def _file(value: object) -> File:
    try:
        assert isinstance(value, dict)
        data = base64.b64decode(value["data"], validate=True)
        return File(name=str(value["name"]), data=data)
    except (AssertionError, KeyError, binascii.Error) as error:
        msg = "choose a file"
        raise ClientRefused(msg) from error
