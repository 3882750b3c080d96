"""The environment's part of the configuration, from any mapping of variables."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_settings import EnvSettingsSource

from bot.config.config import DELIMITER, PREFIX, Config
from bot.config.names import nearest_section, sections, settings
from bot.config.sections import Variable
from bot.config.shown import printable

CONFIG_PATH = f"{PREFIX}CONFIG"
"""Names the file. The one variable of ours that is no setting."""


class Environment(EnvSettingsSource):
    """Settings from variables that were handed over, not from this process's own."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(Config)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        # Files of variables with Windows' line ends leave a CR behind each value.
        # Whole sections as JSON (CLAPPER_DISCORD={...}) stay out: they are no setting
        # of the table, and one that cannot be read would hide all other faults.
        return {
            name.lower(): Variable(value.strip())
            for name, value in self._variables.items()
            if _section(name) in sections()
        }

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return what the variables say, by section and key, unchecked."""
        return self()


def misspelt(variables: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that was meant for us and reaches nothing.

    Names without the double underscore are common around containers (a service called
    clapper-http makes CLAPPER_HTTP_PORT): they count only where they are a setting's
    but for the underscores.
    """
    known = {_letters(setting.variable): setting for setting in settings()}
    for name in variables:
        section = _section(name)
        if not name.upper().startswith(PREFIX) or section in sections():
            continue
        meant = known.get(_letters(name))
        if meant is not None:
            yield f"{printable(name)} is no setting; it is written {meant.variable}."
        elif section is not None:
            yield f"{printable(name)} is no setting; {nearest_section(section)}"


def _section(name: str) -> str | None:
    """Return the section that a variable's name begins with, known or not."""
    section, delimiter, _key = (
        name.lower().removeprefix(PREFIX.lower()).partition(DELIMITER)
    )
    ours = name.upper().startswith(PREFIX)
    return section if ours and delimiter else None


def _letters(name: str) -> str:
    return name.upper().replace("_", "")
