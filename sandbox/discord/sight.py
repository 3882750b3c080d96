"""What a person sees when looking at a message."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.discord.components import (
    SELECTS,
    ComponentType,
    media_of,
    media_url,
    walk,
)
from sandbox.discord.composition import Attachment, Composition
from sandbox.discord.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button, or a select menu, as found anywhere in a message."""

    kind: ComponentType
    label: str
    """What it says; of a select menu its placeholder."""
    custom_id: str | None
    url: str | None
    disabled: bool
    component: Json = field(repr=False)
    """The whole of it, as sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video that people can play in place."""

    filename: str
    url: str
    """As the bot wrote it: attachment://NAME or an address elsewhere."""
    spoiler: bool
    attachment: Attachment | None
    """The file; None if it lies elsewhere."""

    @property
    def data(self) -> bytes:
        """The bytes of the file; empty if it lies elsewhere."""
        return self.attachment.data if self.attachment else b""


def text_of(composition: Composition) -> str:
    """Return everything a person reads, top to bottom, a line for each part."""
    lines = [composition.content]
    for embed in composition.embeds:
        lines += _embed_lines(embed)
    for component in walk(composition.components):
        kind = component.get("type")
        if kind == ComponentType.TEXT_DISPLAY:
            lines.append(str(component.get("content", "")))
        elif kind == ComponentType.BUTTON:
            lines.append(str(component.get("label") or ""))
        elif kind in SELECTS:
            lines.append(str(component.get("placeholder") or ""))
        lines += [str(one.get("description") or "") for one in media_of(component)]
    return "\n".join(line for line in lines if line)


def _embed_lines(embed: Json) -> Iterator[str]:
    yield str((embed.get("author") or {}).get("name") or "")
    yield str(embed.get("title") or "")
    yield str(embed.get("description") or "")
    for one in embed.get("fields") or ():
        yield str(one.get("name") or "")
        yield str(one.get("value") or "")
    yield str((embed.get("footer") or {}).get("text") or "")


def buttons_of(composition: Composition) -> Iterator[Button]:
    """Return its buttons and select menus, in the order one sees them."""
    for component in walk(composition.components):
        kind = component.get("type")
        if kind == ComponentType.BUTTON or kind in SELECTS:
            label = component.get("label") or component.get("placeholder") or ""
            emoji = component.get("emoji") or {}
            yield Button(
                kind=ComponentType(component["type"]),
                label=str(label or emoji.get("name") or ""),
                custom_id=component.get("custom_id"),
                url=component.get("url"),
                disabled=bool(component.get("disabled")),
                component=component,
            )


def videos_of(composition: Composition) -> Iterator[Video]:
    """Return the videos in it that play in place."""
    files = {one.reference: one for one in composition.attachments}
    shown: dict[str, bool] = {}
    if not composition.is_v2:
        shown = {url: one.spoiler for url, one in files.items()}
    for component in walk(composition.components):
        if component.get("type") == ComponentType.MEDIA_GALLERY:
            for item in media_of(component):
                shown[media_url(item)] = bool(item.get("spoiler"))
    for url, spoiler in shown.items():
        filename = url.split("?")[0].rsplit("/", 1)[-1]
        guess, _ = mimetypes.guess_type(filename)
        if guess and guess.startswith("video/"):
            file = files.get(url)
            hidden = spoiler or bool(file and file.spoiler)
            yield Video(filename=filename, url=url, spoiler=hidden, attachment=file)
