"""What a person picks in menus and writes into modals, as their client sends it."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.discord.components import SELECTS, ComponentType
from sandbox.discord.invocation import ClientRefused, Referred, Value
from sandbox.discord.records import Channel, Role, User
from sandbox.discord.wire import Json

Fields = Mapping[str, "str | Sequence[Value]"]
"""What is written, or picked, in each field, by custom id or label."""

_LONGEST = 4000
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
    return [_entry(menu, value, referred) for value in values]


def _entry(menu: Json, value: Value, referred: Referred) -> str:
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


def submitted(
    components: Sequence[Json], fields: Fields, referred: Referred
) -> list[Json]:
    """Write a modal as it is sent, what was not touched as it was put before them.

    Raises:
        ClientRefused: If a field is unknown or is filled as it cannot be.
    """
    used: set[str] = set()
    numbers = iter(range(1, 1000))
    sent: list[Json] = []
    for component in components:
        part: Json = {"type": component["type"], "id": next(numbers)}
        if component["type"] == ComponentType.ACTION_ROW:
            part["components"] = [
                _field(one, one.get("label", ""), fields, used, referred)
                | {"id": next(numbers)}
                for one in component["components"]
            ]
        elif component["type"] == ComponentType.LABEL:
            inner = component["component"]
            part["component"] = _field(
                inner, component["label"], fields, used, referred
            ) | {"id": next(numbers)}
        sent.append(part)
    if unknown := set(fields) - used:
        known = sorted(names(components))
        msg = f"no field {unknown.pop()!r} among {known}"
        raise ClientRefused(msg)
    return sent


def names(components: Sequence[Json]) -> Iterator[str]:
    """Return the custom ids of a modal's fields."""
    for component in components:
        if component["type"] == ComponentType.LABEL:
            yield component["component"]["custom_id"]
        for inner in component.get("components") or ():
            yield inner["custom_id"]


def _field(
    field: Json, label: str, fields: Fields, used: set[str], referred: Referred
) -> Json:
    custom_id = field["custom_id"]
    key = custom_id if custom_id in fields else label
    used.add(key)
    sent: Json = {"type": field["type"], "custom_id": custom_id}
    if field["type"] in SELECTS:
        values = fields.get(key, ())
        if values or field.get("required", True):
            return sent | {"values": picked(field, list(values), referred)}
        return sent | {"values": []}
    text = fields.get(key, field.get("value") or "")
    least, most = field.get("min_length") or 0, field.get("max_length") or _LONGEST
    if not isinstance(text, str) or len(text) > most:
        msg = f"{label or custom_id!r} takes at most {most} characters"
        raise ClientRefused(msg)
    required = field.get("required", True)
    if (required and not text) or (text and len(text) < least):
        msg = f"{label or custom_id!r} takes at least {max(1, least)} characters"
        raise ClientRefused(msg)
    return sent | {"value": text}
