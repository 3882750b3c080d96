"""What Discord demands of the fields that people fill in or choose from.

Menus stand in messages and modals, all others in modals only. Source: Discord docs,
"Component Reference", and the bounds of Discord's OpenAPI document.
"""

from collections.abc import Callable
from typing import TypeAlias

from sandbox.discord.components import SELECTS, ComponentType
from sandbox.discord.refusals import FormErrors, Path
from sandbox.discord.wire import Json

Bounds: TypeAlias = tuple[int, int]
Rule: TypeAlias = Callable[[Json, Path], None]

_MENU_OPTIONS = (1, 25)
_RADIO_OPTIONS = (2, 10)
_CHECKBOX_OPTIONS = (1, 10)
_OPTION_TEXT = (1, 100)
_OPTION_DESCRIPTION = 100
_MENU_VALUES = 25
_GROUP_VALUES = 10
_MENU_PLACEHOLDER = 150
_INPUT_PLACEHOLDER = 100
_INPUT_STYLES = (1, 2)
_INPUT_CHARS = 4000


class FieldRules:
    """Checks one field at a time and notes every fault."""

    def __init__(self, errors: FormErrors, custom_id: Rule, *, in_modal: bool) -> None:
        """Keep where faults are noted.

        Args:
            errors: They are noted here.
            custom_id: Checks a component's custom id against those of the whole tree.
            in_modal: Whether the tree is a modal, and not a message.
        """
        self._errors = errors
        self._custom_id = custom_id
        self._in_modal = in_modal

    def rules(self) -> dict[ComponentType, Rule]:
        """Return the rule for each kind of field."""
        return {
            ComponentType.TEXT_INPUT: self._text_input,
            ComponentType.FILE_UPLOAD: self._file_upload,
            ComponentType.RADIO_GROUP: self._radio_group,
            ComponentType.CHECKBOX_GROUP: self._checkbox_group,
            ComponentType.CHECKBOX: self._custom_id,
            **dict.fromkeys(SELECTS, self._menu),
        }

    def _menu(self, menu: Json, path: Path) -> None:
        self._custom_id(menu, path)
        placeholder = str(menu.get("placeholder") or "")
        self._errors.at_most((*path, "placeholder"), placeholder, _MENU_PLACEHOLDER)
        if self._in_modal and menu.get("disabled"):
            words = "A select menu in a modal cannot be disabled."
            self._errors.add((*path, "disabled"), "SELECT_COMPONENT_DISABLED", words)
        most = self._values(menu, path, _MENU_VALUES, otherwise=1)
        if menu.get("type") == ComponentType.STRING_SELECT:
            self._options(menu, path, _MENU_OPTIONS, most)
        else:
            chosen = menu.get("default_values") or []
            self._errors.within((*path, "default_values"), len(chosen), (0, most))

    def _radio_group(self, group: Json, path: Path) -> None:
        self._custom_id(group, path)
        self._options(group, path, _RADIO_OPTIONS, 1)

    def _checkbox_group(self, group: Json, path: Path) -> None:
        self._custom_id(group, path)
        options = len(group.get("options") or ())
        most = self._values(group, path, _GROUP_VALUES, otherwise=max(1, options))
        self._options(group, path, _CHECKBOX_OPTIONS, most)
        self._may_be_empty(group, path)

    def _file_upload(self, field: Json, path: Path) -> None:
        self._custom_id(field, path)
        self._values(field, path, _GROUP_VALUES, otherwise=1)
        self._may_be_empty(field, path)

    def _text_input(self, field: Json, path: Path) -> None:
        self._custom_id(field, path)
        if field.get("style") not in _INPUT_STYLES:
            words = f"Value must be one of {_INPUT_STYLES}."
            self._errors.add((*path, "style"), "BASE_TYPE_CHOICES", words)
        for key, most in (("value", _INPUT_CHARS), ("placeholder", _INPUT_PLACEHOLDER)):
            self._errors.at_most((*path, key), str(field.get(key) or ""), most)
        self._number(field, (*path, "min_length"), (0, _INPUT_CHARS))
        self._number(field, (*path, "max_length"), (1, _INPUT_CHARS))

    def _values(self, field: Json, path: Path, most: int, *, otherwise: int) -> int:
        """Check how many may be chosen, and return that number."""
        self._number(field, (*path, "min_values"), (0, most))
        self._number(field, (*path, "max_values"), (1, most))
        least, upmost = field.get("min_values"), field.get("max_values")
        upmost = otherwise if upmost is None else int(upmost)
        if least is not None and least > upmost:
            words = f"int value should be less than or equal to {upmost}."
            self._errors.add((*path, "min_values"), "NUMBER_TYPE_MAX", words)
        return upmost

    def _may_be_empty(self, field: Json, path: Path) -> None:
        if field.get("min_values") == 0 and field.get("required") is not False:
            words = "Must be false if min_values is 0."
            self._errors.add(
                (*path, "required"), "COMPONENT_REQUIRED_MIN_VALUES", words
            )

    def _number(self, field: Json, path: Path, bounds: Bounds) -> None:
        value, (least, most) = field.get(str(path[-1])), bounds
        if value is not None and not least <= value <= most:
            words = f"int value should be between {least} and {most}."
            self._errors.add(path, "NUMBER_TYPE_RANGE", words)

    def _options(self, field: Json, path: Path, bounds: Bounds, most: int) -> None:
        """Check the entries, of which at most `most` may be chosen beforehand."""
        options = field.get("options") or []
        inner = (*path, "options")
        self._errors.within(inner, len(options), bounds)
        values = [option.get("value") for option in options]
        if len(set(values)) < len(values):
            words = "The specified option value is already used"
            self._errors.add(inner, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
        if sum(bool(option.get("default")) for option in options) > most:
            words = f"At most {most} of the options may be chosen by default."
            self._errors.add(inner, "SELECT_COMPONENT_TOO_MANY_DEFAULTS", words)
        for index, option in enumerate(options):
            for key in ("label", "value"):
                text = str(option.get(key) or "")
                self._errors.within((*inner, index, key), len(text), _OPTION_TEXT)
            text = str(option.get("description") or "")
            where = (*inner, index, "description")
            self._errors.at_most(where, text, _OPTION_DESCRIPTION)
