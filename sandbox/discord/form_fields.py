"""One field of a modal, checked and written as a person's own client sends it.

Source: Discord docs, "Component Reference", the interaction response structures.
"""

from collections.abc import Sequence
from typing import TypeAlias

from sandbox.discord.components import SELECTS, ComponentType
from sandbox.discord.invocation import ClientRefused, File, Referred, Value
from sandbox.discord.menus import Find, default_entries, entry, picked
from sandbox.discord.wire import Json

Filled: TypeAlias = "str | bool | Sequence[Value] | None"
"""A text; whether a box is ticked; or what was picked, by value or label."""

_LONGEST = 4000


def untouched(field: Json, find: Find) -> Filled:
    """Return what a field holds before anybody touches it."""
    kind = field["type"]
    if kind in SELECTS or kind in _SEVERAL:
        return default_entries(field, find)
    if kind == ComponentType.RADIO_GROUP:
        return next((str(one) for one in default_entries(field, find)), None)
    if kind == ComponentType.CHECKBOX:
        return bool(field.get("default"))
    return str(field.get("value") or "")


def written(field: Json, label: str, filled: Filled, referred: Referred) -> Json:
    """Return a field as it is sent.

    Args:
        field: The component.
        label: What it is called, to be named in a refusal.
        filled: What was filled in.
        referred: Where files and people are noted.

    Raises:
        ClientRefused: If it cannot be filled in so.
    """
    kind = field["type"]
    sent: Json = {"type": kind, "custom_id": field["custom_id"]}
    if kind in SELECTS:
        return sent | {"values": _values(field, label, filled, referred)}
    if kind == ComponentType.CHECKBOX_GROUP:
        most = field.get("max_values") or len(field["options"])
        bounded = {**field, "max_values": most}
        return sent | {"values": _values(bounded, label, filled, referred)}
    if kind == ComponentType.FILE_UPLOAD:
        return sent | {"values": _files(field, label, filled, referred)}
    if kind == ComponentType.RADIO_GROUP:
        return sent | {"value": _choice(field, label, filled, referred)}
    if kind == ComponentType.CHECKBOX:
        return sent | {"value": _tick(label, filled)}
    return sent | {"value": _text(field, label, filled)}


_SEVERAL = frozenset({ComponentType.CHECKBOX_GROUP, ComponentType.FILE_UPLOAD})


def _values(field: Json, label: str, filled: Filled, referred: Referred) -> list[str]:
    values = _listed(label, filled)
    if not values and not field.get("required", True):
        return []
    return picked({**field, "min_values": _least(field)}, values, referred)


def _files(field: Json, label: str, filled: Filled, referred: Referred) -> list[str]:
    files = _listed(label, filled)
    if not files and not field.get("required", True):
        return []
    least, most = _least(field), field.get("max_values") or 1
    if not least <= len(files) <= most or not all(isinstance(f, File) for f in files):
        msg = f"{label!r} takes {least} to {most} files"
        raise ClientRefused(msg)
    return [referred.note(file) for file in files]


def _least(field: Json) -> int:
    """Return how many have to be chosen where any are."""
    least = field.get("min_values")
    return 1 if least is None else max(int(least), int(field.get("required", True)))


def _choice(field: Json, label: str, filled: Filled, referred: Referred) -> str | None:
    if filled in (None, ""):
        if field.get("required", True):
            msg = f"{label!r} is required"
            raise ClientRefused(msg)
        return None
    if not isinstance(filled, str):
        msg = f"{label!r} takes one of its options, not {filled!r}"
        raise ClientRefused(msg)
    return entry(field, filled, referred)


def _tick(label: str, filled: Filled) -> bool:
    if not isinstance(filled, bool):
        msg = f"{label!r} is ticked or not, and takes no {filled!r}"
        raise ClientRefused(msg)
    return filled


def _text(field: Json, label: str, filled: Filled) -> str:
    least, most = field.get("min_length") or 0, field.get("max_length") or _LONGEST
    if not isinstance(filled, str) or len(filled) > most:
        msg = f"{label!r} takes at most {most} characters"
        raise ClientRefused(msg)
    required = field.get("required", True)
    if (required and not filled) or (filled and len(filled) < least):
        msg = f"{label!r} takes at least {max(1, least)} characters"
        raise ClientRefused(msg)
    return filled


def _listed(label: str, filled: Filled) -> list[Value]:
    if filled is None:
        return []
    if isinstance(filled, str | bool):
        msg = f"{label!r} takes a list, not {filled!r}"
        raise ClientRefused(msg)
    return list(filled)
