"""Names and descriptions of commands, in our languages, as Discord asks for them.

A text's id follows from where the text stands, so commands need not name it. Only
choices do, with `choice_name`: they are made from values.
"""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.texts.texts import DEFAULT_LOCALE, Texts


def choice_name(text_id: str, **values: object) -> app_commands.locale_str:
    """Return the name of a menu's choice, to be looked up in each language."""
    return app_commands.locale_str(text_id, text_id=text_id, values=values)


class CommandTranslator(app_commands.Translator):
    """Looks commands' texts up; nothing for languages that we do not speak.

    Descriptions and choices are given in English too: `registration` makes that one
    the text for everybody else. English names are in the code.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in a language, or None where Discord shows another one."""
        if locale.value not in self._texts.locales:
            return None
        if context.location is Location.choice_name:
            return self._texts.say(
                locale.value, string.extras["text_id"], **string.extras["values"]
            )
        aspect = context.location.name.rpartition("_")[2]
        if aspect == "name" and locale.value == DEFAULT_LOCALE:
            return None
        return self._texts.say(locale.value, f"{_place(context)}-{aspect}")


def _place(context: app_commands.TranslationContext[Any, Any]) -> str:
    """Return where a text stands, such as `option-videos-list-status`."""
    if context.location in {Location.parameter_name, Location.parameter_description}:
        option: app_commands.Parameter = context.data
        return f"option-{_dashed(option.command)}-{option.name}"
    return f"command-{_dashed(context.data)}"


def _dashed(
    command: app_commands.Command[Any, ..., Any]
    | app_commands.Group
    | app_commands.ContextMenu,
) -> str:
    return command.qualified_name.lower().replace(" ", "-")
