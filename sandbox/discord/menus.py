"""What a person picks from the entries of a menu or a group."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sandbox.discord.components import ComponentType
from sandbox.discord.invocation import ClientRefused, Referred, Value
from sandbox.discord.records import Channel, Role, User
from sandbox.discord.wire import Json

Find: TypeAlias = Callable[[int], "User | Role | Channel | None"]
"""Returns somebody or some place by id; None if they are gone."""

_ENTITIES: Mapping[int, tuple[type, ...]] = {
    ComponentType.USER_SELECT: (User,),
    ComponentType.ROLE_SELECT: (Role,),
    ComponentType.MENTIONABLE_SELECT: (User, Role),
    ComponentType.CHANNEL_SELECT: (Channel,),
}


def picked(menu: Json, values: Sequence[Value], referred: Referred) -> list[str]:
    """Return the values of a menu's chosen entries.

    Args:
        menu: The component.
        values: Values or labels of entries; people, roles or channels where the menu
            lists those.
        referred: Where those are noted.

    Raises:
        ClientRefused: If an entry is not there, or too few or too many are chosen.
    """
    least, most = menu.get("min_values"), menu.get("max_values") or 1
    least = 1 if least is None else least
    if not least <= len(values) <= most:
        msg = f"{menu['custom_id']!r} takes {least} to {most} entries"
        raise ClientRefused(msg)
    return [entry(menu, value, referred) for value in values]


def entry(menu: Json, value: Value, referred: Referred) -> str:
    """Return the value of one chosen entry, noted in `referred` if it is somebody.

    Raises:
        ClientRefused: If it is not among the entries.
    """
    if menu["type"] in _ENTITIES:
        if not isinstance(value, _ENTITIES[menu["type"]]):
            msg = f"{menu['custom_id']!r} does not list {value!r}"
            raise ClientRefused(msg)
        return referred.note(value)
    for option in menu["options"]:
        if value in (option["value"], option["label"]):
            return str(option["value"])
    offered = [option["label"] for option in menu["options"]]
    msg = f"{menu['custom_id']!r} offers {offered}, not {value!r}"
    raise ClientRefused(msg)


def default_entries(menu: Json, find: Find) -> list[Value]:
    """Return what is chosen before anybody touches a menu or a group."""
    if menu["type"] in _ENTITIES:
        found = [find(int(one["id"])) for one in menu.get("default_values") or ()]
        return [one for one in found if one is not None]
    options = menu.get("options") or ()
    return [str(one["value"]) for one in options if one.get("default")]
