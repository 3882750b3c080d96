"""The commands the bot has registered, global ones and those of one server."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.discord.clock import Clock
from sandbox.discord.command_rules import CHAT_INPUT, check_command, check_commands
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.refusals import Refusal
from sandbox.discord.wire import Json, Mint

_MOST = {1: 100, 2: 15, 3: 15, 4: 1}
"""How many of each type a scope holds (Discord docs, raised in March 2026)."""
_CREATES_PER_DAY = 200
_DAY_S = 24 * 3600
_STATED = (
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "nsfw",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One registered command."""

    id: int
    version: int
    """Changes with every change of the command."""
    guild_id: int | None
    """The one server that has it; None is everywhere."""
    stated: Json = field(repr=False)
    """What the bot said about it, defaults filled in."""

    @property
    def name(self) -> str:
        """What people type."""
        return str(self.stated["name"])

    @property
    def kind(self) -> int:
        """1 is typed, 2 is on a user's menu, 3 on a message's."""
        return int(self.stated["type"])

    @property
    def needed_permissions(self) -> int | None:
        """What a member must be allowed to; None for nothing, 0 for administrators."""
        bits = self.stated["default_member_permissions"]
        return None if bits is None else int(bits)

    def payload(self, application_id: int) -> Json:
        """Return the command as Discord tells of it."""
        payload = {
            "id": str(self.id),
            "application_id": str(application_id),
            "version": str(self.version),
            **self.stated,
        }
        if self.guild_id is not None:
            payload["guild_id"] = str(self.guild_id)
        return payload


class CommandRegistry:
    """Holds the commands of every scope: None for global, else a server's id."""

    def __init__(self, clock: Clock, mint: Mint, feed: Feed) -> None:
        self._clock = clock
        self._mint = mint
        self._feed = feed
        self._scopes: dict[int | None, dict[int, Command]] = {}
        self._created_s: dict[int | None, list[float]] = {}

    def within(self, scope: int | None) -> list[Command]:
        """Return the commands of one scope."""
        return list(self._scopes.get(scope, {}).values())

    def visible_in(self, guild_id: int | None) -> list[Command]:
        """Return those people see there; a server's own stand before global ones."""
        own = self.within(guild_id) if guild_id is not None else []
        hidden = {(command.kind, command.name) for command in own}
        shown = [one for one in self.within(None) if (one.kind, one.name) not in hidden]
        return own + shown

    def get(self, scope: int | None, command_id: int | None) -> Command:
        """Return one command.

        Raises:
            ApiError: 10063 if it is not there.
        """
        command = self._scopes.get(scope, {}).get(command_id or 0)
        if command is None:
            raise Refusal.UNKNOWN_COMMAND.error()
        return command

    def replace_all(self, scope: int | None, bodies: Sequence[Json]) -> list[Command]:
        """Replace a scope's commands; those of the same name keep their ids.

        Raises:
            ApiError: If one of them is not acceptable; nothing changed then.
        """
        check_commands(bodies)
        self._check_counts(bodies)
        before = {(one.kind, one.name): one for one in self.within(scope)}
        commands = [self._made(scope, body, before) for body in bodies]
        self._scopes[scope] = {command.id: command for command in commands}
        self._tell(scope)
        return commands

    def put(self, scope: int | None, body: Json) -> Command:
        """Add a command, or replace the one of the same type and name.

        Raises:
            ApiError: If it is not acceptable; nothing changed then.
        """
        check_command(body)
        before = {(one.kind, one.name): one for one in self.within(scope)}
        self._check_counts([*(one.stated for one in before.values()), body])
        command = self._made(scope, body, before)
        self._scopes.setdefault(scope, {})[command.id] = command
        self._tell(scope)
        return command

    def change(self, command: Command, body: Json) -> Command:
        """Change what `body` names and leave the rest.

        Raises:
            ApiError: If the result is not acceptable; nothing changed then.
        """
        merged = command.stated | body
        check_command(merged)
        changed = Command(
            id=command.id,
            version=self._mint.new_id(),
            guild_id=command.guild_id,
            stated=_with_defaults(merged),
        )
        self._scopes[command.guild_id][command.id] = changed
        self._tell(command.guild_id)
        return changed

    def delete(self, command: Command) -> None:
        """Delete a command."""
        del self._scopes[command.guild_id][command.id]
        self._tell(command.guild_id)

    def _made(
        self, scope: int | None, body: Json, before: dict[tuple[int, str], Command]
    ) -> Command:
        stated = _with_defaults(body)
        known = before.get((stated["type"], stated["name"]))
        if known is not None and known.stated == stated:
            return known
        if known is None:
            self._count_create(scope)
        return Command(
            id=known.id if known else self._mint.new_id(),
            version=self._mint.new_id(),
            guild_id=scope,
            stated=stated,
        )

    def _count_create(self, scope: int | None) -> None:
        now_s = self._clock.now_s()
        lately = [one for one in self._created_s.get(scope, []) if one > now_s - _DAY_S]
        if len(lately) >= _CREATES_PER_DAY:
            raise Refusal.TOO_MANY_COMMAND_CREATES.error()
        self._created_s[scope] = [*lately, now_s]

    def _check_counts(self, bodies: Sequence[Json]) -> None:
        kinds: dict[int, set[str]] = {}
        for body in bodies:
            kinds.setdefault(body.get("type") or CHAT_INPUT, set()).add(body["name"])
        if any(len(names) > _MOST.get(kind, 0) for kind, names in kinds.items()):
            raise Refusal.TOO_MANY_COMMANDS.error()

    def _tell(self, scope: int | None) -> None:
        self._feed.publish(
            ChangeKind.COMMANDS_CHANGED,
            detail={
                "guild_id": None if scope is None else str(scope),
                "names": [command.name for command in self.within(scope)],
            },
        )


def _with_defaults(body: Json) -> Json:
    stated = {key: body.get(key) for key in _STATED}
    stated["type"] = body.get("type") or CHAT_INPUT
    stated["description"] = body.get("description") or ""
    stated["options"] = body.get("options") or []
    stated["nsfw"] = bool(body.get("nsfw"))
    stated["integration_types"] = body.get("integration_types") or [0]
    dm_permission = body.get("dm_permission")
    stated["dm_permission"] = True if dm_permission is None else dm_permission
    bits = body.get("default_member_permissions")
    stated["default_member_permissions"] = None if bits is None else str(bits)
    return stated
