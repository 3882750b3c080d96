"""What people typed into options and forms, and whether it can be kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.jobs.video import is_text

PROMPT = "prompt"
"""A broken one has a sentence of its own, where it is read."""


def has_broken_text(data: Mapping[str, Any]) -> bool:
    """Return whether something typed cannot be encoded or stored.

    `data` is an interaction's. Discord passes on what a client sends: a NUL, or half
    of a surrogate pair.
    """
    parts = (*_parts(data.get("options")), *_parts(data.get("components")))
    return any(
        isinstance(part.get("value"), str)
        and PROMPT not in {part.get("name"), part.get("custom_id")}
        and not is_text(part["value"])
        for part in parts
    )


def _parts(parts: object) -> Iterable[Mapping[str, Any]]:
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            yield part
            yield from _parts([part.get("component")])
            yield from _parts(part.get("options"))
            yield from _parts(part.get("components"))
