"""Publishes our commands to Discord, only when they differ from what it has.

Discord counts and limits what is written, and members' clients reload their menus.
"""

from collections.abc import Mapping
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.errors import MessengerError
from bot.processes.seats import Seat
from bot.texts.texts import DEFAULT_LOCALE
from bot.workers.worker import Worker
from cogs.commands.translator import CommandTranslator
from cogs.wire.discord_wire import DiscordWire

log = structlog.get_logger(__name__)

WITHIN_S = 60.0
_LOGGED_IN_AFTER_S = 0.5
"""Until then it is seen again whether the client has logged in."""
_TRY_AGAIN_AFTER_S = 600.0
_CHANGED_AFTER_S = 24 * 3600.0
"""Nobody else should have changed them by then."""

_DISCORDS_OWN = frozenset({"id", "application_id", "version", "guild_id"})
_DEPRECATED = frozenset({"dm_permission", "default_permission"})
"""Discord derives them from the contexts and the permissions."""
_SETS = frozenset({"contexts", "integration_types", "channel_types"})


class CommandRegistration(Worker):
    """Makes Discord's commands ours, if they are not yet: once for all processes."""

    name = "commands"
    seat = Seat.DISCORD

    def __init__(
        self,
        tree: app_commands.CommandTree[discord.Client],
        translator: CommandTranslator,
        wire: DiscordWire,
    ) -> None:
        """Register the commands of a tree, once its client has logged in."""
        super().__init__()
        self._tree = tree
        self._translator = translator
        self._wire = wire

    async def run_once(self) -> float:
        """Register what has changed.

        A failure is logged, and tried again after some minutes: members who can still
        use the commands as they were should not lose the bot over it.
        """
        if self._tree.client.application_id is None:
            return _LOGGED_IN_AFTER_S
        try:
            async with self._wire.asking("register commands", within_s=WITHIN_S):
                await _publish(self._tree, self._translator, self._wire)
        except MessengerError as error:
            # Discord's words name the field at fault; they hold no secret.
            log.error(  # noqa: TRY400 - a stack says nothing that the sentence does not
                "commands not registered",
                reason=str(error),
                detail=str(error.__cause__),
            )
            return _TRY_AGAIN_AFTER_S
        return _CHANGED_AFTER_S


async def payload(
    tree: app_commands.CommandTree[discord.Client], translator: CommandTranslator
) -> list[dict[str, Any]]:
    """Return every command as Discord is to have it, in all languages."""
    return [
        _with_english(await command.get_translated_payload(tree, translator))
        for command in tree.get_commands()
    ]


def same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> bool:
    """Return whether Discord's commands are ours, whatever it adds or leaves out."""

    def known(commands: list[dict[str, Any]]) -> dict[tuple[int, str], Any]:
        return {
            (command.get("type", 1), command["name"]): _essence(command)
            for command in commands
        }

    return known(ours) == known(theirs)


async def _publish(
    tree: app_commands.CommandTree[discord.Client],
    translator: CommandTranslator,
    wire: DiscordWire,
) -> None:
    application_id = tree.client.application_id
    assert application_id is not None
    ours = await payload(tree, translator)
    theirs = await wire.commands(application_id)
    if same(ours, theirs):
        log.info("commands unchanged", count=len(ours))
        return
    await wire.put_commands(application_id, ours)
    log.info("commands registered", count=len(ours))


def _with_english(node: dict[str, Any]) -> dict[str, Any]:
    """Make the English description, or choice, the one for all other languages too."""
    described = dict(node)
    for text in ("name", "description"):
        localized = dict(described.get(f"{text}_localizations") or {})
        english = localized.pop(DEFAULT_LOCALE, None)
        if english is not None:
            described[text] = english
            described[f"{text}_localizations"] = localized
    for inner in ("options", "choices"):
        if described.get(inner):
            described[inner] = [_with_english(one) for one in described[inner]]
    return described


def _essence(value: object, key: str = "") -> object:
    """Return a payload without what Discord adds, and without what says nothing."""
    if isinstance(value, Mapping):
        return {
            name: essence
            for name, inner in value.items()
            if name not in _DISCORDS_OWN | _DEPRECATED
            # A context menu has no description; Discord says that it is empty.
            and (essence := _essence(inner, name)) not in (None, False, "", [], {})
        }
    if isinstance(value, list):
        items = [_essence(one) for one in value]
        return sorted(items, key=repr) if key in _SETS else items
    if key == "default_member_permissions" and value is not None:
        return str(value)
    return value
