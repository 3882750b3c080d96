"""Looks at what we draw the way Discord does: its limits, and all that can be read."""

from collections.abc import Iterator
from typing import Any

from cogs.drawing.layout import MessageView

TEXT = 10
BUTTON = 2
GALLERY = 12


def pieces(view: MessageView) -> list[dict[str, Any]]:
    """Return every component of a view, nested ones after those around them."""

    def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for component in components:
            yield component
            yield from walk(component.get("components", []))

    return list(walk([item.to_component_dict() for item in view.children]))


def text_of(view: MessageView) -> str:
    return "\n".join(one["content"] for one in pieces(view) if one["type"] == TEXT)


def buttons_of(view: MessageView) -> dict[str, str]:
    """Return the custom_ids of a view's buttons by their labels."""
    return {
        one["label"]: one["custom_id"] for one in pieces(view) if one["type"] == BUTTON
    }


def assert_fit_to_send(view: MessageView) -> None:
    """Check what Discord would refuse. Discord docs: "Component Reference"."""
    found = pieces(view)
    texts = [one["content"] for one in found if one["type"] == TEXT]
    ids = [one["custom_id"] for one in found if "custom_id" in one]
    assert 1 <= len(found) <= 40
    assert all(texts)
    # Discord may count as JavaScript does, where some characters are two.
    assert sum(len(text.encode("utf-16-le")) // 2 for text in texts) <= 4000
    assert len(ids) == len(set(ids))
    assert all(1 <= len(custom_id) <= 100 for custom_id in ids)
    for button in (one for one in found if one["type"] == BUTTON):
        assert 1 <= len(button["label"]) <= 80
    for gallery in (one for one in found if one["type"] == GALLERY):
        assert 1 <= len(gallery["items"]) <= 10
        for item in gallery["items"]:
            assert 1 <= len(item.get("description") or "-") <= 256
