"""What people do: type commands, press buttons, pick, fill in forms.

Each action is checked first as the person's own client would check it, and what the
client refuses the bot never hears of.
"""

from collections.abc import Callable, Sequence

from sandbox.discord.client_checks import ClientChecks
from sandbox.discord.command_rules import CHAT_INPUT, MESSAGE, USER
from sandbox.discord.commands import Command
from sandbox.discord.components import SELECTS, ComponentType
from sandbox.discord.composition import Attachment
from sandbox.discord.forms import Fields, submitted
from sandbox.discord.handle import Handle
from sandbox.discord.interaction_payloads import InteractionPayloads
from sandbox.discord.interactions import InteractionKind, Modal
from sandbox.discord.invocation import (
    ClientRefused,
    File,
    Options,
    Referred,
    Value,
    being_typed,
    filled_in,
    subcommand,
)
from sandbox.discord.menus import picked
from sandbox.discord.messages import Message
from sandbox.discord.opening import Opening, UserAction
from sandbox.discord.records import Channel, User
from sandbox.discord.sight import Button
from sandbox.discord.wire import Json
from sandbox.discord.world import World


class Actors:
    """Everything that people can do to the bot."""

    def __init__(
        self,
        world: World,
        *,
        checks: ClientChecks,
        opening: Opening,
        payloads: InteractionPayloads,
        store: Callable[[User, Channel, File], Attachment],
    ) -> None:
        self._world = world
        self._checks = checks
        self._opening = opening
        self._payloads = payloads
        self._store = store

    async def slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Options | None = None,
        locale: str | None = None,
    ) -> Handle:
        """Type a command, "video" or "quota view", and send it.

        Args:
            user: Who types.
            channel: Where.
            command: Its name, with groups and subcommands after it.
            options: What is filled in, by name.
            locale: Their language, if not the one of their account.

        Raises:
            ClientRefused: If there is no such command for them here, or an option is
                filled in wrongly.
        """
        name, *words = command.split()
        found = self._checks.usable(user, channel, CHAT_INPUT, name)
        referred = self._referred(user, channel)
        path, takes = subcommand(found, words)
        values = list(filled_in(takes, options or {}, referred))
        data = self._command_data(found, channel, user, referred)
        data["options"] = _nested(path, values)
        action = UserAction(
            kind=InteractionKind.COMMAND,
            user=user,
            channel=channel,
            data=data,
            locale=locale,
        )
        return self._opening.open(action)

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        typing: tuple[str, str],
        options: Options | None = None,
    ) -> Handle:
        """Type into one option of a command and let the bot suggest.

        Args:
            user: Who types.
            channel: Where.
            command: Its name, with groups and subcommands after it.
            typing: The option's name and what is typed so far.
            options: What else is filled in already.

        Raises:
            ClientRefused: If that option makes no suggestions.
        """
        name, *words = command.split()
        found = self._checks.usable(user, channel, CHAT_INPUT, name)
        referred = self._referred(user, channel)
        path, takes = subcommand(found, words)
        values = list(being_typed(takes, options or {}, typing, referred))
        data = self._command_data(found, channel, user, referred)
        data["options"] = _nested(path, values)
        action = UserAction(
            kind=InteractionKind.AUTOCOMPLETE, user=user, channel=channel, data=data
        )
        return self._opening.open(action)

    async def context_menu(
        self, user: User, channel: Channel, command: str, target: Message | User
    ) -> Handle:
        """Choose a command from the menu of a message or of a person.

        Raises:
            ClientRefused: If it is not in that menu for them.
        """
        kind = MESSAGE if isinstance(target, Message) else USER
        found = self._checks.usable(user, channel, kind, command)
        referred = self._referred(user, channel)
        if isinstance(target, User):
            referred.users.append(target)
        else:
            self._checks.check_sees(user, channel, target)
        data = self._command_data(found, channel, user, referred)
        data["target_id"] = str(target.id)
        if isinstance(target, Message):
            told = self._payloads.message(target)
            data["resolved"] = {"messages": {str(target.id): told}}
        action = UserAction(
            kind=InteractionKind.COMMAND, user=user, channel=channel, data=data
        )
        return self._opening.open(action)

    async def press(self, user: User, message: Message, button: str) -> Handle:
        """Press a button, named by its custom id or by what it says.

        Raises:
            ClientRefused: If it is disabled, a link, or on a message that the person
                does not see.
            LookupError: If there is no such button.
        """
        found = self._checks.reachable(user, message, button)
        if found.kind is not ComponentType.BUTTON or found.custom_id is None:
            msg = f"{button!r} is no button that the bot hears of"
            raise ClientRefused(msg)
        return self._use(user, message, found, {})

    async def choose(
        self, user: User, message: Message, menu: str, values: Sequence[Value]
    ) -> Handle:
        """Pick entries of a select menu, named by its custom id or placeholder.

        Raises:
            ClientRefused: If the menu is disabled or does not have such entries.
            LookupError: If there is no such menu.
        """
        found = self._checks.reachable(user, message, menu)
        if found.kind not in SELECTS:
            msg = f"{menu!r} is no menu"
            raise ClientRefused(msg)
        channel = self._checks.channel(message.channel_id)
        referred = self._referred(user, channel)
        chosen: Json = {"values": picked(found.component, values, referred)}
        if resolved := self._resolved(referred, channel, user):
            chosen["resolved"] = resolved
        return self._use(user, message, found, chosen)

    async def submit_modal(
        self, user: User, modal: Modal | None, fields: Fields
    ) -> Handle:
        """Fill in a form and send it; untouched fields keep their content.

        Raises:
            ClientRefused: If there is no form before this person, a field is unknown,
                or is filled as it cannot be.
        """
        if modal is None or modal.opened_by.user is not user:
            msg = "there is no such form before this person"
            raise ClientRefused(msg)
        trigger = modal.opened_by
        referred = self._referred(user, trigger.channel)
        data: Json = {
            "custom_id": modal.custom_id,
            "components": submitted(
                modal.components, fields, referred, self._world.entity
            ),
        }
        if resolved := self._resolved(referred, trigger.channel, user):
            data["resolved"] = resolved
        action = UserAction(
            kind=InteractionKind.MODAL_SUBMIT,
            user=user,
            channel=trigger.channel,
            data=data,
            source=trigger.source,
            trigger=trigger,
        )
        return self._opening.open(action)

    def _referred(self, user: User, channel: Channel) -> Referred:
        return Referred(store=lambda file: self._store(user, channel, file))

    def _resolved(self, referred: Referred, channel: Channel, user: User) -> Json:
        guild = self._world.guild_of(channel)
        return self._payloads.resolved(referred, guild, user)

    def _command_data(
        self, command: Command, channel: Channel, user: User, referred: Referred
    ) -> Json:
        data: Json = {
            "id": str(command.id),
            "name": command.name,
            "type": command.kind,
        }
        if command.guild_id is not None:
            data["guild_id"] = str(command.guild_id)
        if resolved := self._resolved(referred, channel, user):
            data["resolved"] = resolved
        return data

    def _use(self, user: User, message: Message, part: Button, chosen: Json) -> Handle:
        data: Json = {
            "component_type": int(part.kind),
            "custom_id": part.custom_id,
            "id": part.component["id"],
        }
        action = UserAction(
            kind=InteractionKind.COMPONENT,
            user=user,
            channel=self._checks.channel(message.channel_id),
            data=data | chosen,
            source=message,
        )
        return self._opening.open(action)


def _nested(path: Sequence[Json], values: list[Json]) -> list[Json]:
    """Put filled-in options inside their subcommand and its group."""
    for step in reversed(path):
        values = [{"name": step["name"], "type": step["type"], "options": values}]
    return values
