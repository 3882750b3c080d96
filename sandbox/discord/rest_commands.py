"""REST: registering commands, everywhere or in one server."""

from sandbox.discord.access import Access
from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.commands import Command, CommandRegistry
from sandbox.discord.records import Guild
from sandbox.discord.refusals import ApiError, Refusal
from sandbox.discord.wire import Json
from sandbox.discord.world import World

_EVERYWHERE = "/applications/{application_id}/commands"
_IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


class CommandEndpoints:
    """The registry as the bot reaches it."""

    def __init__(self, registry: CommandRegistry, access: Access, world: World) -> None:
        self._registry = registry
        self._access = access
        self._world = world

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        found = [
            Endpoint(
                method="GET",
                path=f"{_IN_GUILD}/permissions",
                respond=self._all_permissions,
            ),
            Endpoint(
                method="GET",
                path=f"{_IN_GUILD}/{{command_id}}/permissions",
                respond=self._permissions,
            ),
        ]
        for scope in (_EVERYWHERE, _IN_GUILD):
            one = f"{scope}/{{command_id}}"
            for method, path, respond in (
                ("GET", scope, self._list),
                ("PUT", scope, self._replace),
                ("POST", scope, self._create),
                ("GET", one, self._get),
                ("PATCH", one, self._change),
                ("DELETE", one, self._delete),
            ):
                endpoint = Endpoint(
                    method=method, path=path, respond=respond, bucket="commands"
                )
                found.append(endpoint)
        return found

    def _scope(self, call: Call) -> int | None:
        """Return the server the call is about, None for everywhere."""
        if call.id("application_id") != self._world.bot.id:
            raise Refusal.NOT_YOUR_APPLICATION.error()
        if "guild_id" not in call.params:
            return None
        try:
            return self._access.guild(call.id("guild_id")).id
        except ApiError:
            raise Refusal.MISSING_ACCESS.error() from None

    def _command(self, call: Call) -> Command:
        return self._registry.get(self._scope(call), call.id("command_id"))

    def _told(self, command: Command) -> Json:
        return command.payload(self._world.bot.id)

    def _list(self, call: Call) -> Answer:
        commands = self._registry.within(self._scope(call))
        told = [self._told(command) for command in commands]
        if not call.wants("with_localizations"):
            told = [_without_localizations(one) for one in told]
        return Answer(body=told)

    def _replace(self, call: Call) -> Answer:
        commands = self._registry.replace_all(self._scope(call), call.items)
        return Answer(body=[self._told(command) for command in commands])

    def _create(self, call: Call) -> Answer:
        command = self._registry.put(self._scope(call), call.fields)
        return Answer(body=self._told(command), status=201)

    def _get(self, call: Call) -> Answer:
        return Answer(body=self._told(self._command(call)))

    def _change(self, call: Call) -> Answer:
        changed = self._registry.change(self._command(call), call.fields)
        return Answer(body=self._told(changed))

    def _delete(self, call: Call) -> Answer:
        self._registry.delete(self._command(call))
        return NO_CONTENT

    def _all_permissions(self, call: Call) -> Answer:
        guild = self._access.guild(self._scope(call) or 0)
        commands = self._registry.visible_in(guild.id)
        opened = [one for one in commands if one.name in guild.command_openings]
        return Answer(body=[self._permissions_of(one, guild) for one in opened])

    def _permissions(self, call: Call) -> Answer:
        guild = self._access.guild(self._scope(call) or 0)
        for command in self._registry.visible_in(guild.id):
            ours = command.id == call.id("command_id")
            if ours and command.name in guild.command_openings:
                return Answer(body=self._permissions_of(command, guild))
        raise Refusal.UNKNOWN_COMMAND_PERMISSIONS.error()

    def _permissions_of(self, command: Command, guild: Guild) -> Json:
        everyone = {
            "id": str(guild.id),
            "type": 1,
            "permission": guild.command_openings[command.name],
        }
        return {
            "id": str(command.id),
            "application_id": str(self._world.bot.id),
            "guild_id": str(guild.id),
            "permissions": [everyone],
        }


def _without_localizations(part: Json) -> Json:
    """Return a command or option without its translations, as lists show it."""
    shown = {
        key: value for key, value in part.items() if not key.endswith("_localizations")
    }
    for key in ("options", "choices"):
        if shown.get(key):
            shown[key] = [_without_localizations(one) for one in shown[key]]
    return shown
