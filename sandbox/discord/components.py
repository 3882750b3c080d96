"""The parts that messages and modals are built of, and how to find them in a tree."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType

from sandbox.discord.wire import Json

ATTACHMENT_SCHEME = "attachment://"


class ComponentType(IntEnum):
    """The parts a message or a modal is built of (Discord docs: Component Types)."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {
        ComponentType.STRING_SELECT,
        ComponentType.USER_SELECT,
        ComponentType.ROLE_SELECT,
        ComponentType.MENTIONABLE_SELECT,
        ComponentType.CHANNEL_SELECT,
    }
)

IN_LABEL = SELECTS | {
    ComponentType.TEXT_INPUT,
    ComponentType.FILE_UPLOAD,
    ComponentType.RADIO_GROUP,
    ComponentType.CHECKBOX_GROUP,
    ComponentType.CHECKBOX,
}
"""The fields of a modal. All but text inputs must be in labels."""


_DEFAULTS: Mapping[int, Json] = MappingProxyType(
    {
        ComponentType.SEPARATOR: {"divider": True, "spacing": 1},
        ComponentType.CONTAINER: {"spoiler": False, "accent_color": None},
        ComponentType.THUMBNAIL: {"spoiler": False, "description": None},
        ComponentType.FILE: {"spoiler": False},
        **{
            menu: {"min_values": 1, "max_values": 1, "disabled": False}
            for menu in SELECTS
        },
    }
)
"""What Discord adds to what a client leaves out (Discord docs: Component Reference)."""


def complete(component: Json) -> None:
    """Give a component what it was sent without, as Discord does."""
    for name, value in _DEFAULTS.get(component.get("type") or 0, {}).items():
        component.setdefault(name, value)
    if component.get("type") == ComponentType.MEDIA_GALLERY:
        for item in media_of(component):
            item.setdefault("spoiler", False)
            item.setdefault("description", None)


def walk(components: object) -> Iterator[Json]:
    """Return every component of a tree, outer before inner, accessories last."""
    for component in components if isinstance(components, list | tuple) else ():
        if isinstance(component, dict):
            yield component
            yield from walk(component.get("components"))
            yield from walk([component.get("component")])
            yield from walk([component.get("accessory")])


def media_of(component: Json) -> list[Json]:
    """Return the items of a component that show a file or an address."""
    match component.get("type"):
        case ComponentType.MEDIA_GALLERY:
            items = component.get("items")
            return [one for one in items or () if isinstance(one, dict)]
        case ComponentType.THUMBNAIL | ComponentType.FILE:
            return [component]
        case _:
            return []


def media_url(item: Json) -> str:
    """Return the address in a media item, attachment://NAME if it is a file here."""
    media = item.get("media") or item.get("file")
    url = media.get("url") if isinstance(media, dict) else None
    return url if isinstance(url, str) else ""
