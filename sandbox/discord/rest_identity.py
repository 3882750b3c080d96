"""REST: who the bot is, where its gateway is, and whom it can talk to alone."""

from collections.abc import Callable

from sandbox.discord.calls import NO_CONTENT, Answer, Call, Endpoint
from sandbox.discord.payloads import (
    channel_payload,
    guild_payload,
    own_user_payload,
    user_payload,
)
from sandbox.discord.permissions import in_guild
from sandbox.discord.records import Guild
from sandbox.discord.refusals import Refusal, form_error
from sandbox.discord.start_limits import StartLimits
from sandbox.discord.wire import Json, as_id
from sandbox.discord.world import World

_GUILDS_A_PAGE = 200


class IdentityEndpoints:
    """What a client asks before it can do anything else."""

    def __init__(
        self,
        world: World,
        *,
        shards: int,
        gateway_url: Callable[[], str],
        limits: StartLimits,
        flags: Callable[[], int],
    ) -> None:
        self._world = world
        self._shards = shards
        self._gateway_url = gateway_url
        self._limits = limits
        self._flags = flags

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints served here."""
        return [
            Endpoint(method="GET", path="/users/@me", respond=self._me),
            Endpoint(method="GET", path="/users/@me/guilds", respond=self._guilds),
            Endpoint(
                method="DELETE",
                path="/users/@me/guilds/{guild_id}",
                respond=self._leave,
            ),
            Endpoint(method="POST", path="/users/@me/channels", respond=self._open_dm),
            Endpoint(method="GET", path="/users/{user_id}", respond=self._user),
            Endpoint(
                method="GET",
                path="/oauth2/applications/@me",
                respond=self._application,
            ),
            Endpoint(method="GET", path="/applications/@me", respond=self._application),
            Endpoint(method="GET", path="/gateway", respond=self._gateway),
            Endpoint(method="GET", path="/gateway/bot", respond=self._gateway_bot),
        ]

    def _me(self, _call: Call) -> Answer:
        return Answer(body=own_user_payload(self._world.bot))

    def _guilds(self, call: Call) -> Answer:
        """Return the bot's servers, a page at a time (Discord docs: Get My Guilds)."""
        after, before = (as_id(call.query.get(one)) for one in ("after", "before"))
        limit = min(as_id(call.query.get("limit")) or _GUILDS_A_PAGE, _GUILDS_A_PAGE)
        guilds = sorted(self._world.guilds_with_bot(), key=lambda guild: guild.id)
        guilds = [
            guild
            for guild in guilds
            if (after is None or guild.id > after)
            and (before is None or guild.id < before)
        ]
        page = guilds[-limit:] if before is not None else guilds[:limit]
        counted = call.wants("with_counts")
        return Answer(body=[self._own(guild, counted=counted) for guild in page])

    def _own(self, guild: Guild, *, counted: bool) -> Json:
        """Return a server with what the bot is there."""
        me = guild.members[self._world.bot.id]
        own = guild_payload(guild) | {
            "owner": guild.owner_id == me.user.id,
            "permissions": str(int(in_guild(guild, me))),
        }
        if counted:
            count = len(guild.members)
            own |= {"approximate_member_count": count}
            own |= {"approximate_presence_count": count}
        return own

    def _leave(self, call: Call) -> Answer:
        guild = self._world.guilds.get(call.id("guild_id"))
        if guild is None or self._world.bot_member(guild) is None:
            raise Refusal.UNKNOWN_GUILD.error()
        self._world.remove_bot(guild)
        return NO_CONTENT

    def _open_dm(self, call: Call) -> Answer:
        user = self._world.users.get(as_id(call.fields.get("recipient_id")) or 0)
        if user is None:
            words = "Cannot send messages to this user"
            raise form_error(("recipient_id",), "INVALID_RECIPIENT", words)
        return Answer(body=channel_payload(self._world.dm_with(user)))

    def _user(self, call: Call) -> Answer:
        user = self._world.users.get(call.id("user_id"))
        if user is None:
            raise Refusal.UNKNOWN_USER.error()
        return Answer(body=user_payload(user))

    def _application(self, _call: Call) -> Answer:
        return Answer(body=self.application_payload())

    def application_payload(self) -> Json:
        """Return the application that the bot belongs to."""
        bot, flags = self._world.bot, self._flags()
        return {
            "id": str(bot.id),
            "name": bot.display_name,
            "icon": None,
            "description": "",
            "type": None,
            "bot": user_payload(bot),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": int(flags),
            "flags_new": str(int(flags)),
            "hook": True,
            "team": None,
            "owner": user_payload(bot),
            "summary": "",
            "is_monetized": False,
            "rpc_origins": [],
            "redirect_uris": [],
            "approximate_guild_count": len(self._world.guilds_with_bot()),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "integration_types_config": {"0": {}},
        }

    def _gateway(self, _call: Call) -> Answer:
        return Answer(body={"url": self._gateway_url()})

    def _gateway_bot(self, _call: Call) -> Answer:
        body = {
            "url": self._gateway_url(),
            "shards": self._shards,
            "session_start_limit": self._limits.payload(),
        }
        return Answer(body=body)
