"""What Discord sends of a modal, read field by field."""

from collections.abc import Iterable, Mapping
from typing import Any


def sent_fields(components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each field was left with, by its custom_id; no empty ones."""
    return dict(_sent(components))


def _sent(components: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for component in components:
        inner = component.get("components") or [component.get("component") or {}]
        yield from _sent(one for one in inner if one)
        values = component.get("values") or [component.get("value")]
        if "custom_id" in component and values[0] is not None:
            yield str(component["custom_id"]), str(values[0])
