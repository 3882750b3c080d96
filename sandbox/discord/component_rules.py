"""What Discord demands of the components of a message and of a modal.

Sources: Discord docs, "Component Reference" and "Using Message Components".
Knows nothing of the message around them; for that see `message_rules`.
"""

from collections.abc import Callable, Iterable

from sandbox.discord.components import (
    ATTACHMENT_SCHEME,
    IN_LABEL,
    SELECTS,
    ComponentType,
    media_url,
)
from sandbox.discord.field_rules import FieldRules
from sandbox.discord.refusals import FormErrors, Path
from sandbox.discord.wire import Json

_ROW, _BUTTON = ComponentType.ACTION_ROW, ComponentType.BUTTON
_SECTION, _TEXT = ComponentType.SECTION, ComponentType.TEXT_DISPLAY
_GALLERY, _FILE = ComponentType.MEDIA_GALLERY, ComponentType.FILE
_LINE, _BOX = ComponentType.SEPARATOR, ComponentType.CONTAINER

LEGACY = frozenset({_ROW})
"""What may stand at the top of a message without the V2 flag."""
IN_CONTAINER = frozenset({_ROW, _SECTION, _TEXT, _GALLERY, _FILE, _LINE})
V2 = IN_CONTAINER | {_BOX}
"""What may stand at the top of a message with it."""
MODAL = frozenset({_ROW, _TEXT, ComponentType.LABEL})

_IN_ROW = SELECTS | {_BUTTON}
_IN_MODAL_ROW = frozenset({ComponentType.TEXT_INPUT})
_SCHEMES = ("http://", "https://")

_CUSTOM_ID = (1, 100)
_GALLERY_ITEMS = (1, 10)
_SECTION_TEXTS = (1, 3)
_ROW_BUTTONS = (1, 5)
_LABEL = 80
_LABEL_IN_MODAL = (1, 45)
_LABEL_DESCRIPTION = 100
_TEXT_LENGTH = (1, 4000)
_URL = 512
_LINK_STYLE, _PREMIUM_STYLE = 5, 6
_STYLES = range(1, _PREMIUM_STYLE + 1)


class ComponentRules:
    """Walks one tree of components and notes every fault.

    After the walk `count`, `text_length` and `custom_ids` tell of the whole tree.
    """

    def __init__(
        self, errors: FormErrors, filenames: Iterable[str], *, in_modal: bool = False
    ) -> None:
        self._errors = errors
        self._in_row = _IN_MODAL_ROW if in_modal else _IN_ROW
        fields = FieldRules(errors, self._custom_id, in_modal=in_modal)
        self._references = {f"{ATTACHMENT_SCHEME}{name}" for name in filenames}
        self.count = 0
        """Components in total, nested ones included."""
        self.text_length = 0
        """Characters in all text displays together."""
        self.custom_ids: set[str] = set()
        # A separator has no rule: nothing in it is wrong that the schema allows.
        self._rules: dict[ComponentType, Callable[[Json, Path], None]] = {
            _ROW: self._row,
            _BUTTON: self._button,
            _SECTION: self._section,
            _TEXT: self._text,
            _GALLERY: self._gallery,
            _FILE: self._file,
            _BOX: self._container,
            ComponentType.THUMBNAIL: self._media,
            ComponentType.LABEL: self._label,
            **fields.rules(),
        }

    def check(
        self, components: object, path: Path, allowed: frozenset[ComponentType]
    ) -> None:
        """Check a list of components, of which only `allowed` may stand here."""
        if not isinstance(components, list | tuple):
            self._errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used.")
            return
        for index, component in enumerate(components):
            self._one(component, (*path, index), allowed)

    def _one(
        self, component: object, path: Path, allowed: frozenset[ComponentType]
    ) -> None:
        kind = component.get("type") if isinstance(component, dict) else None
        if not isinstance(component, dict) or kind not in allowed:
            choices = ", ".join(str(int(one)) for one in sorted(allowed))
            words = f'Value of field "type" must be one of ({choices},).'
            self._errors.add(path, "UNION_TYPE_CHOICES", words)
            return
        self.count += 1
        if rule := self._rules.get(ComponentType(component["type"])):
            rule(component, path)

    def _row(self, row: Json, path: Path) -> None:
        parts = row.get("components")
        inner = (*path, "components")
        self.check(parts, inner, self._in_row)
        self._row_labels(parts, inner)
        count = len(parts) if isinstance(parts, list) else 0
        only_buttons = all(one.get("type") == _BUTTON for one in parts or ())
        most = _ROW_BUTTONS[1] if only_buttons else 1
        self._errors.within(inner, count, (1, most))

    def _row_labels(self, parts: object, path: Path) -> None:
        """Check that a text input says what it is for where no label says so."""
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if part.get("type") == ComponentType.TEXT_INPUT:
                text = str(part.get("label") or "")
                where = (*path, index, "label")
                self._errors.within(where, len(text), _LABEL_IN_MODAL)

    def _button(self, button: Json, path: Path) -> None:
        style = button.get("style")
        if style not in _STYLES:
            self._errors.required((*path, "style"))
        if style == _LINK_STYLE:
            self._errors.at_most((*path, "url"), str(button.get("url", "")), _URL)
            if not button.get("url"):
                self._errors.required((*path, "url"))
            if button.get("custom_id"):
                words = "A custom id and url cannot both be specified"
                code = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
                self._errors.add((*path, "custom_id"), code, words)
        elif style != _PREMIUM_STYLE:
            self._custom_id(button, path)
        label = str(button.get("label") or "")
        self._errors.at_most((*path, "label"), label, _LABEL)
        if not label and not button.get("emoji") and style != _PREMIUM_STYLE:
            self._errors.required((*path, "label"))

    def _section(self, section: Json, path: Path) -> None:
        texts = section.get("components")
        inner = (*path, "components")
        self.check(texts, inner, frozenset({_TEXT}))
        count = len(texts) if isinstance(texts, list) else 0
        self._errors.within(inner, count, _SECTION_TEXTS)
        beside = frozenset({_BUTTON, ComponentType.THUMBNAIL})
        self._one(section.get("accessory"), (*path, "accessory"), beside)

    def _text(self, display: Json, path: Path) -> None:
        content = str(display.get("content") or "")
        self._errors.within((*path, "content"), len(content), _TEXT_LENGTH)
        self.text_length += len(content)

    def _gallery(self, gallery: Json, path: Path) -> None:
        items = gallery.get("items")
        inner = (*path, "items")
        shown = items if isinstance(items, list) else []
        self._errors.within(inner, len(shown), _GALLERY_ITEMS)
        for index, item in enumerate(shown):
            self._media(item, (*inner, index))

    def _media(self, item: Json, path: Path) -> None:
        self._url(media_url(item), (*path, "media", "url"), elsewhere=_SCHEMES)

    def _file(self, component: Json, path: Path) -> None:
        self._url(media_url(component), (*path, "file", "url"), elsewhere=())

    def _container(self, container: Json, path: Path) -> None:
        inner = (*path, "components")
        self.check(container.get("components"), inner, IN_CONTAINER)

    def _url(self, url: str, inner: Path, *, elsewhere: tuple[str, ...]) -> None:
        if url.startswith(ATTACHMENT_SCHEME):
            if url not in self._references:
                words = f"The referenced attachment ({url}) was not found."
                self._errors.add(inner, "UNFURLED_MEDIA_ITEM_REFERENCED_FILE", words)
        elif not url.startswith(elsewhere):
            words = "Not a well formed URL for a media item."
            self._errors.add(inner, "URL_TYPE_INVALID_SCHEME", words)

    def _label(self, label: Json, path: Path) -> None:
        text = str(label.get("label") or "")
        self._errors.within((*path, "label"), len(text), _LABEL_IN_MODAL)
        description = str(label.get("description") or "")
        self._errors.at_most((*path, "description"), description, _LABEL_DESCRIPTION)
        field, inner = label.get("component"), (*path, "component")
        self._one(field, inner, IN_LABEL)
        if isinstance(field, dict) and field.get("label"):
            words = "A field inside of a label cannot have a label of its own."
            self._errors.add(
                (*inner, "label"), "LABEL_COMPONENT_LABEL_DUPLICATED", words
            )

    def _custom_id(self, component: Json, path: Path) -> None:
        inner = (*path, "custom_id")
        custom_id = component.get("custom_id")
        if not isinstance(custom_id, str):
            self._errors.required(inner)
            return
        self._errors.within(inner, len(custom_id), _CUSTOM_ID)
        if custom_id in self.custom_ids:
            words = "Component custom id cannot be duplicated"
            self._errors.add(inner, "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        self.custom_ids.add(custom_id)
