"""How each setting is called, in the file and in the environment."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple, get_args

from pydantic import SecretStr

from bot.config.config import DELIMITER, PREFIX, Config
from bot.config.sections import Section
from bot.config.shown import printable


class Setting(NamedTuple):
    """The place of one setting."""

    section: str
    key: str

    @property
    def in_file(self) -> str:
        """The section and the key in the TOML file."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"{PREFIX}{self.section}{DELIMITER}{self.key}".upper()

    def __str__(self) -> str:
        return printable(f"{self.in_file} ({self.variable})")


def sections() -> Mapping[str, type[Section]]:
    """Return the sections by name, in the order in which people read them."""
    return {
        name: field.annotation
        for name, field in Config.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def settings() -> Iterator[Setting]:
    """Yield every setting there is, section by section."""
    for name, section in sections().items():
        for key in section.model_fields:
            yield Setting(name, key)


def secrets() -> Iterator[Setting]:
    """Yield the settings that can also be read from a file of their own."""
    for name, section in sections().items():
        for key, field in section.model_fields.items():
            if _is_secret(field.annotation):
                yield Setting(name, key)


def _is_secret(annotation: object) -> bool:
    """Return whether a setting is a secret, or one that may be left out."""
    if annotation is SecretStr:
        return True
    return any(_is_secret(one) for one in get_args(annotation))


def nearest(setting: Setting) -> Setting | None:
    """Return the setting that was probably meant, if one looks like it."""
    near = {known.in_file: known for known in settings()}
    found = get_close_matches(setting.in_file, near, n=1, cutoff=0.7)
    return near[found[0]] if found else None


def nearest_section(name: str) -> str:
    """Return what to say about a section that does not exist."""
    found = get_close_matches(name, sections(), n=1)
    if found:
        return f"did you mean [{found[0]}] ({PREFIX}{found[0].upper()}{DELIMITER}...)?"
    return f"the sections are {', '.join(sections())}."
