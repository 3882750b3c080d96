"""What a person fills into a modal, as their client sends it."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.discord.components import ComponentType
from sandbox.discord.form_fields import Filled, untouched, written
from sandbox.discord.invocation import ClientRefused, Referred
from sandbox.discord.menus import Find
from sandbox.discord.wire import Json

Fields = Mapping[str, Filled]
"""What is written, ticked or picked in each field, by custom id or label."""


def submitted(
    components: Sequence[Json], fields: Fields, referred: Referred, find: Find
) -> list[Json]:
    """Write a modal as it is sent, what was not touched as it was put before them.

    Raises:
        ClientRefused: If a field is unknown or is filled as it cannot be.
    """
    used: set[str] = set()
    numbers = iter(range(1, 1000))

    def one(field: Json, label: str) -> Json:
        custom_id = field["custom_id"]
        key = custom_id if custom_id in fields else label
        used.add(key)
        filled = fields[key] if key in fields else untouched(field, find)
        sent = written(field, label or custom_id, filled, referred)
        return sent | {"id": next(numbers)}

    sent: list[Json] = []
    for component in components:
        part: Json = {"type": component["type"], "id": next(numbers)}
        if component["type"] == ComponentType.ACTION_ROW:
            parts = component["components"]
            part["components"] = [one(inner, inner.get("label", "")) for inner in parts]
        elif component["type"] == ComponentType.LABEL:
            part["component"] = one(component["component"], component["label"])
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
